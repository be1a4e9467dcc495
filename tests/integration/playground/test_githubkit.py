"""The playground answers githubkit, unmodified."""

from collections.abc import Iterator

import pytest
from githubkit import AppAuthStrategy, GitHub, TokenAuthStrategy
from githubkit.exception import GraphQLFailed, RequestFailed

from playground.server import Playground
from playground.values import Installation

Client = GitHub[TokenAuthStrategy]


@pytest.fixture
def app(pg: Playground) -> GitHub[AppAuthStrategy]:
    """Speaks as the App."""
    return GitHub(
        AppAuthStrategy(str(pg.app_id), pg.private_key_pem),
        base_url=pg.api_url,
        auto_retry=False,
        http_cache=False,
        trust_env=False,
    )


@pytest.fixture
def installed(app: GitHub[AppAuthStrategy], installation: Installation) -> Iterator[object]:
    """Speaks as the installation."""
    with app.with_auth(app.auth.as_installation(installation.id)) as client:
        yield client


def test_the_app_finds_its_installation(
    app: GitHub[AppAuthStrategy], installation: Installation
) -> None:
    found = app.rest.apps.get_repo_installation("olivia", "loom").parsed_data
    assert found.id == installation.id
    assert [i.id for i in app.rest.apps.list_installations().parsed_data] == [installation.id]
    app_itself = app.rest.apps.get_authenticated().parsed_data
    assert app_itself is not None and app_itself.slug == "treadle"


def test_an_installation_comments_and_reacts(pg: Playground, installed: Client) -> None:
    world = pg.world
    world.create_issue(world.person("pat"), world.find_repository("olivia", "loom"), "T", "b")
    rest = installed.rest
    made = rest.issues.create_comment("olivia", "loom", 1, body="hello").parsed_data
    assert made.user is not None and made.user.login == "treadle[bot]"
    rest.reactions.create_for_issue_comment("olivia", "loom", made.id, content="eyes")
    changed = rest.issues.update_comment("olivia", "loom", made.id, body="there").parsed_data
    assert changed.body == "there"
    thread = rest.paginate(
        rest.issues.list_comments, owner="olivia", repo="loom", issue_number=1, per_page=1
    )
    assert [comment.body for comment in thread] == ["there"]
    role = rest.repos.get_collaborator_permission_level("olivia", "loom", "mia").parsed_data
    assert role.role_name == "maintain"
    issue = rest.issues.get("olivia", "loom", 1).parsed_data
    assert issue.title == "T"


def test_an_installation_reads_code(installed: Client) -> None:
    rest = installed.rest
    repository = rest.repos.get("olivia", "loom").parsed_data
    assert repository.default_branch == "main"
    commit = rest.repos.get_commit("olivia", "loom", "main").parsed_data
    tree = rest.git.get_tree("olivia", "loom", commit.sha, recursive="1").parsed_data
    assert "docs/guide.md" in [entry.path for entry in tree.tree]
    archive = rest.repos.download_tarball_archive("olivia", "loom", commit.sha)
    assert archive.content[:2] == b"\x1f\x8b"
    assert rest.repos.list_languages("olivia", "loom").json() == {"Python": 14}
    with pytest.raises(RequestFailed) as refused:
        rest.repos.create_or_update_file_contents(
            "olivia", "loom", "a.txt", message="m", content="YQ=="
        )
    assert refused.value.response.status_code == 403


def test_graphql_goes_to_its_enterprise_address(pg: Playground, installed: Client) -> None:
    world = pg.world
    issue = world.create_issue(world.person("pat"), world.find_repository("olivia", "loom"), "T")
    comment = world.create_comment(world.person("pat"), issue, "c")
    node = installed.rest.issues.get_comment("olivia", "loom", comment.id).parsed_data.node_id
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { body } } }"
    assert installed.graphql(document, {"ids": [node]}) == {"nodes": [{"body": "c"}]}
    with pytest.raises(GraphQLFailed) as failed:
        installed.graphql(document, {"ids": [node, "IC_gone"]})
    assert failed.value.response.data == {"nodes": [{"body": "c"}, None]}
    (error,) = failed.value.response.errors or []
    assert error.type == "NOT_FOUND"
