"""GraphQL: reading in batches, partial data, bounds, mutations."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from playground.conformance import read_documents
from playground.graphql.route import schema
from playground.server import Playground
from playground.values import Comment, Installation

LOOM = "/repos/olivia/loom"
READ = """
query($ids: [ID!]!) {
  rateLimit { cost remaining resetAt }
  nodes(ids: $ids) {
    __typename
    id
    ... on IssueComment {
      databaseId body url createdAt updatedAt lastEditedAt includesCreatedEdit
      isMinimized minimizedReason
      editor { login }
      author { __typename login ... on Bot { databaseId } ... on User { databaseId } }
      issue { number title }
      pullRequest { number }
      repository { nameWithOwner databaseId owner { login } }
      reactionGroups { content reactors(first: 1) { totalCount } }
      reactions(first: 100) {
        totalCount
        nodes { id content createdAt user { login databaseId } }
        pageInfo { hasNextPage endCursor }
      }
      userContentEdits(first: 100) {
        totalCount
        nodes { id editedAt deletedAt diff editor { login } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""

Query = Callable[..., dict[str, Any]]


@pytest.fixture
def query(pg: Playground, ask: Any) -> Query:
    """`query(document, who, **variables)`."""

    def call(document: str, who: str = "pat", **variables: Any) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        reply = ask("POST", f"{pg.url}/api/graphql", who, body)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    return call


@pytest.fixture
def comment(pg: Playground, installation: Installation) -> Comment:
    """The bot's comment on issue 1 of olivia/loom."""
    world = pg.world
    loom = world.find_repository("olivia", "loom")
    issue = world.create_issue(world.person("pat"), loom, "How?")
    return world.create_comment(world.bot(installation), issue, "first")


def node_of(ask: Any, comment: Comment) -> str:
    """The node id that REST gives."""
    found: str = ask("GET", f"{LOOM}/issues/comments/{comment.id}").json()["node_id"]
    return found


def test_all_that_the_sweep_wants(
    ask: Any, pg: Playground, bot: str, query: Query, comment: Comment
) -> None:
    world = pg.world
    world.react(world.person("pat"), comment, "+1")
    world.react(world.bot(world.installation(7301)), comment, "eyes")
    world.edit_comment(world.bot(world.installation(7301)), comment, "second")
    world.clock.advance(60)
    world.edit_comment(world.person("mia"), comment, "third")
    world.minimize(world.person("mia"), comment, "off-topic")
    found = query(READ, bot, ids=[node_of(ask, comment)])
    assert "errors" not in found
    assert found["data"]["rateLimit"]["cost"] == 1
    (one,) = found["data"]["nodes"]
    assert (one["databaseId"], one["body"], one["isMinimized"]) == (comment.id, "third", True)
    assert one["minimizedReason"] == "off-topic"
    assert one["author"] == {"__typename": "Bot", "login": "treadle", "databaseId": 102}
    assert one["editor"] == {"login": "mia"}
    assert (one["issue"]["number"], one["pullRequest"]) == (1, None)
    edits = one["userContentEdits"]["nodes"]
    assert [(e["editor"]["login"], e["diff"]) for e in edits] == [
        ("mia", "third"), ("treadle", "second"), ("treadle", "first"),
    ]  # fmt: skip
    assert edits[0]["editedAt"] == one["lastEditedAt"] > edits[1]["editedAt"]
    reactions = one["reactions"]["nodes"]
    assert [r["content"] for r in reactions] == ["THUMBS_UP", "EYES"]
    assert reactions[0]["user"]["login"] == "pat"
    assert reactions[1]["user"] is None
    groups = {g["content"]: g["reactors"]["totalCount"] for g in one["reactionGroups"]}
    assert (groups["EYES"], groups["HEART"]) == (1, 0)


def test_a_comment_never_edited_has_no_history(
    ask: Any, bot: str, query: Query, comment: Comment
) -> None:
    (one,) = query(READ, bot, ids=[node_of(ask, comment)])["data"]["nodes"]
    assert (one["lastEditedAt"], one["editor"], one["includesCreatedEdit"]) == (None, None, False)
    assert one["userContentEdits"]["totalCount"] == 0


def test_a_deleted_revision_keeps_editor_and_time(
    ask: Any, pg: Playground, bot: str, query: Query, comment: Comment
) -> None:
    world = pg.world
    edited = world.edit_comment(world.person("mia"), comment, "second")
    world.delete_revision(world.person("mia"), comment, edited.revisions[0].id)
    (one,) = query(READ, bot, ids=[node_of(ask, comment)])["data"]["nodes"]
    last = one["userContentEdits"]["nodes"][1]
    assert (last["diff"], last["editor"]["login"]) == (None, "treadle")
    assert last["deletedAt"] is not None


def test_a_missing_node_leaves_the_rest(
    ask: Any, pg: Playground, bot: str, query: Query, comment: Comment
) -> None:
    node = node_of(ask, comment)
    world = pg.world
    issue = world.issues[comment.issue_id]
    other = world.create_comment(world.person("pat"), issue, "x")
    gone = node_of(ask, other)
    world.delete_comment(world.person("pat"), other)
    found = query(READ, bot, ids=[gone, node, "IC_nonsense", "🙂"])
    assert [n and n["id"] for n in found["data"]["nodes"]] == [None, node, None, None]
    assert [(e["type"], e["path"]) for e in found["errors"]] == [
        ("NOT_FOUND", ["nodes", 0]), ("NOT_FOUND", ["nodes", 2]), ("NOT_FOUND", ["nodes", 3]),
    ]  # fmt: skip
    assert found["errors"][0]["message"] == (
        f"Could not resolve to a node with the global id of '{gone}'"
    )
    one = query("query($id: ID!) { node(id: $id) { id } }", bot, id=gone)
    assert (one["data"], one["errors"][0]["type"]) == ({"node": None}, "NOT_FOUND")


def test_private_threads_are_not_found(pg: Playground, ask: Any, query: Query) -> None:
    world, olivia = pg.world, pg.world.person("olivia")
    issue = world.create_issue(olivia, world.find_repository("olivia", "secret"), "T")
    node = ask("GET", f"/repos/olivia/secret/issues/{issue.number}", "olivia").json()["node_id"]
    document = "query($id: ID!) { node(id: $id) { ... on Issue { title } } }"
    assert query(document, "pat", id=node)["errors"][0]["type"] == "NOT_FOUND"
    assert query(document, "olivia", id=node)["data"]["node"] == {"title": "T"}


def test_a_field_that_github_does_not_have(query: Query) -> None:
    found = query("{ viewer { login karma } }")
    assert "data" not in found
    (error,) = found["errors"]
    assert error["message"] == "Field 'karma' doesn't exist on type 'User'"
    assert error["extensions"] == {
        "code": "undefinedField", "typeName": "User", "fieldName": "karma",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("selection", "kind"),
    [
        ("comments { nodes { id } }", "MISSING_PAGINATION_BOUNDARIES"),
        ("comments(first: 101) { nodes { id } }", "EXCESSIVE_PAGINATION"),
        ("comments(first: -1) { nodes { id } }", "EXCESSIVE_PAGINATION"),
        ('comments(first: 1, after: "x") { nodes { id } }', "INVALID_CURSOR_ARGUMENTS"),
    ],
)
def test_connections_have_bounds(query: Query, comment: Comment, selection: str, kind: str) -> None:
    document = (
        f'{{ repository(owner: "olivia", name: "loom") {{ issue(number: 1) {{ {selection} }} }} }}'
    )
    assert query(document)["errors"][0]["type"] == kind


def test_connections_are_paged(pg: Playground, query: Query, comment: Comment) -> None:
    world, pat = pg.world, pg.world.person("pat")
    for number in range(4):
        world.create_comment(pat, world.issues[comment.issue_id], str(number))
    document = """query($after: String) { repository(owner: "olivia", name: "loom") {
      issueOrPullRequest(number: 1) { ... on Issue { comments(first: 2, after: $after) {
        totalCount nodes { body } pageInfo { hasNextPage endCursor } } } } } }"""
    bodies, after = [], None
    while True:
        found = query(document, after=after)["data"]["repository"]["issueOrPullRequest"]["comments"]
        bodies.extend(node["body"] for node in found["nodes"])
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert bodies == ["first", "0", "1", "2", "3"]
    last = document.replace("first: 2, after: $after", "last: 2").replace("($after: String)", "")
    found = query(last)["data"]["repository"]["issueOrPullRequest"]["comments"]
    assert [node["body"] for node in found["nodes"]] == ["2", "3"]


def test_a_pull_request_is_no_issue_here(pg: Playground, query: Query) -> None:
    world, walt = pg.world, pg.world.person("walt")
    loom = world.find_repository("olivia", "loom")
    world.commit_files(walt, loom, {"a": b"a"}, message="m", branch="fix")
    pull = world.create_pull(walt, loom, "P", head="fix")
    world.create_comment(walt, pull, "c")
    document = """{ repository(owner: "olivia", name: "loom") {
      issue(number: 1) { id }
      pullRequest(number: 1) { title state comments(first: 9) { nodes { pullRequest { number } } } }
      missing: issueOrPullRequest(number: 7) { __typename } } }"""
    found = query(document)
    assert found["data"]["repository"]["pullRequest"] == {
        "title": "P", "state": "OPEN", "comments": {"nodes": [{"pullRequest": {"number": 1}}]},
    }  # fmt: skip
    assert sorted(e["path"][-1] for e in found["errors"]) == ["issue", "missing"]


def test_mutations_do_what_rest_does(
    ask: Any, pg: Playground, bot: str, query: Query, comment: Comment
) -> None:
    node = node_of(ask, comment)

    def mutate(name: str, result: str, who: str, **values: Any) -> dict[str, Any]:
        kind = name[0].upper() + name[1:] + "Input!"
        document = f"mutation($input: {kind}) {{ {name}(input: $input) {{ {result} }} }}"
        return query(document, who, input=values)

    reacted = mutate(
        "addReaction", "reaction { content } subject { id }", "pat", subjectId=node,
        content="HEART",
    )  # fmt: skip
    assert reacted["data"]["addReaction"]["reaction"] == {"content": "HEART"}
    mutate("removeReaction", "subject { id }", "pat", subjectId=node, content="HEART")
    assert ask("GET", f"{LOOM}/issues/comments/{comment.id}/reactions").json() == []
    again = mutate("removeReaction", "subject { id }", "pat", subjectId=node, content="HEART")
    assert again["errors"][0]["type"] == "NOT_FOUND"
    hidden = mutate(
        "minimizeComment", "minimizedComment { isMinimized minimizedReason }", "mia",
        subjectId=node, classifier="OUTDATED",
    )  # fmt: skip
    assert hidden["data"]["minimizeComment"]["minimizedComment"] == {
        "isMinimized": True, "minimizedReason": "outdated",
    }  # fmt: skip
    refused = mutate("unminimizeComment", "clientMutationId", "pat", subjectId=node)
    assert (refused["data"], refused["errors"][0]["type"]) == (
        {"unminimizeComment": None}, "FORBIDDEN",
    )  # fmt: skip
    mutate("unminimizeComment", "clientMutationId", "mia", subjectId=node)
    edited = mutate("updateIssueComment", "issueComment { body }", bot, id=node, body="new")
    assert edited["data"]["updateIssueComment"]["issueComment"] == {"body": "new"}
    issue = ask("GET", f"{LOOM}/issues/1").json()["node_id"]
    added = mutate(
        "addComment", "commentEdge { node { body author { login } } } subject { id }", bot,
        subjectId=issue, body="more",
    )  # fmt: skip
    assert added["data"]["addComment"] == {
        "commentEdge": {"node": {"body": "more", "author": {"login": "treadle"}}},
        "subject": {"id": issue},
    }
    mutate("deleteIssueComment", "clientMutationId", bot, id=node, clientMutationId="7")
    assert comment.id not in pg.world.comments


def test_points_are_counted(pg: Playground, query: Query, comment: Comment) -> None:
    who = pg.world.person("pat").budget
    # 100 threads with one page of comments each, and 100 comments with one of reactions each:
    # 1 + 100 + 10,000 requests make 101 points.
    document = """{ repository(owner: "olivia", name: "loom") { issues(first: 100) { nodes {
      comments(first: 100) { nodes { reactions(first: 1) { totalCount } } } } } }
      rateLimit { cost limit used nodeCount } }"""
    found = query(document)["data"]["rateLimit"]
    assert found == {"cost": 101, "limit": 5000, "used": 101, "nodeCount": 100 + 10_000 + 10_000}
    pg.world.budgets.set_remaining(who, "graphql", 0)
    refused = query("{ viewer { login } }")
    assert refused["errors"][0]["type"] == "RATE_LIMITED"


def test_search_and_accounts(pg: Playground, query: Query, comment: Comment, bot: str) -> None:
    found = query(
        '{ search(query: "how", type: ISSUE, first: 5) { issueCount nodes {'
        " ... on Issue { number } } } }"
    )
    assert found["data"]["search"] == {"issueCount": 1, "nodes": [{"number": 1}]}
    who = query('{ viewer { login databaseId } user(login: "nobody") { login } }')
    assert who["data"]["viewer"]["login"] == "pat"
    assert who["errors"][0]["type"] == "NOT_FOUND"
    roles = query('{ repository(owner: "olivia", name: "loom") { viewerPermission } }', "mia")
    assert roles["data"]["repository"]["viewerPermission"] == "MAINTAIN"


def test_the_documents_of_the_bot_are_answered() -> None:
    documents = read_documents(Path(__file__).parents[3] / "app")
    assert documents
    problems = {name: validate(schema(), parse(text)) for name, text in documents.items()}
    assert {name: found for name, found in problems.items() if found} == {}


def test_nobody_asks(ask: Any, pg: Playground, app_jwt: str) -> None:
    body = {"query": "{ viewer { login } }"}
    assert ask("POST", f"{pg.url}/api/graphql", None, body).status_code == 401
    assert ask("POST", f"{pg.url}/api/graphql", app_jwt, body).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": 7},
        {"query": "{"},
        {"query": "query A { viewer { login } }", "operationName": "B"},
    ],
)
def test_a_request_without_a_document(ask: Any, pg: Playground, body: dict[str, Any]) -> None:
    reply = ask("POST", f"{pg.url}/api/graphql", "pat", body)
    assert reply.status_code == 200
    assert reply.json()["errors"]


def test_more_nodes_than_a_hundred_are_refused(query: Query) -> None:
    answer = query("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["IC_1"] * 101)
    assert answer["data"] is None
    assert "more than 100 node ids" in answer["errors"][0]["message"]
