"""The REST API as people and the App see it."""

import base64
import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from playground.server import Playground

LOOM = "/repos/olivia/loom"


def test_a_thread_from_opening_to_closing(ask: Any) -> None:
    issue = ask("POST", f"{LOOM}/issues", "pat", {"title": "How?", "body": "Say"}).json()
    assert (issue["number"], issue["user"]["login"], issue["state"]) == (1, "pat", "open")
    page = f"{LOOM}/issues/1"
    comment = ask("POST", f"{page}/comments", "walt", {"body": "So."})
    assert comment.status_code == 201
    assert comment.headers["location"].endswith(f"/comments/{comment.json()['id']}")
    assert comment.json()["html_url"].endswith(
        f"/olivia/loom/issues/1#issuecomment-{comment.json()['id']}"
    )
    assert [c["body"] for c in ask("GET", f"{page}/comments").json()] == ["So."]
    assert [c["body"] for c in ask("GET", f"{LOOM}/issues/comments").json()] == ["So."]
    assert ask("GET", f"{page}/timeline").json()[0]["event"] == "commented"
    closed = ask("PATCH", page, "tess", {"state": "closed", "state_reason": "not_planned"}).json()
    assert (closed["state"], closed["state_reason"], closed["closed_by"]["login"]) == (
        "closed", "not_planned", "tess",
    )  # fmt: skip
    assert ask("GET", f"{LOOM}/issues").json() == []
    assert len(ask("GET", f"{LOOM}/issues?state=all").json()) == 1
    again = ask("PATCH", page, "pat", {"state": "open", "title": "How, then?"}).json()
    assert (again["state"], again["title"], again["closed_at"]) == ("open", "How, then?", None)


def test_comments_are_edited_and_deleted_by_author_or_writer(ask: Any, pg: Playground) -> None:
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    made = ask("POST", f"{LOOM}/issues/1/comments", "pat", {"body": "one"}).json()
    path = f"{LOOM}/issues/comments/{made['id']}"
    assert ask("PATCH", path, "pat", {"body": "two"}).json()["body"] == "two"
    assert ask("PATCH", path, "tess", {"body": "three"}).status_code == 403
    assert ask("PATCH", path, "walt", {"body": "three"}).status_code == 200
    history = pg.world.comments[made["id"]].revisions
    who = [pg.world.accounts[r.editor_id].login for r in history]
    assert [(w, r.body) for w, r in zip(who, history, strict=True)] == [
        ("pat", "one"), ("pat", "two"), ("walt", "three"),
    ]  # fmt: skip
    assert ask("DELETE", path, "tess").status_code == 403
    assert ask("DELETE", path, "mia").status_code == 204
    assert ask("GET", path).status_code == 404
    assert ask("PATCH", path, "pat", {"body": "four"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [("a" * 65_536, 201), ("a" * 65_537, 422), ("", 422), (" \n", 422), (None, 422), (7, 422)],
)
def test_the_limit_of_a_comment(ask: Any, body: object, status: int) -> None:
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    reply = ask("POST", f"{LOOM}/issues/1/comments", "pat", {"body": body})
    assert reply.status_code == status
    if status == 201:
        path = f"{LOOM}/issues/comments/{reply.json()['id']}"
        assert ask("PATCH", path, "pat", {"body": "a" * 65_537}).status_code == 422


def test_reactions_are_made_once_and_taken_back(ask: Any) -> None:
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    made = ask("POST", f"{LOOM}/issues/1/comments", "walt", {"body": "b"}).json()
    for path in (f"{LOOM}/issues/comments/{made['id']}", f"{LOOM}/issues/1"):
        first = ask("POST", f"{path}/reactions", "pat", {"content": "+1"})
        second = ask("POST", f"{path}/reactions", "pat", {"content": "+1"})
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        ask("POST", f"{path}/reactions", "mia", {"content": "-1"})
        assert ask("POST", f"{path}/reactions", "mia", {"content": "meh"}).status_code == 422
        listed = ask("GET", f"{path}/reactions").json()
        assert [(r["user"]["login"], r["content"]) for r in listed] == [
            ("pat", "+1"),
            ("mia", "-1"),
        ]
        assert len(ask("GET", f"{path}/reactions?content=-1").json()) == 1
        assert ask("GET", path).json()["reactions"]["total_count"] == 2
        gone = f"{path}/reactions/{first.json()['id']}"
        assert ask("DELETE", gone, "mia").status_code == 403
        assert ask("DELETE", gone, "pat").status_code == 204
        assert ask("DELETE", gone, "pat").status_code == 404
        assert ask("GET", path).json()["reactions"]["+1"] == 0


def test_a_locked_thread_is_for_writers(ask: Any) -> None:
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    assert ask("PUT", f"{LOOM}/issues/1/lock", "tess").status_code == 403
    assert ask("PUT", f"{LOOM}/issues/1/lock", "mia").status_code == 204
    refused = ask("POST", f"{LOOM}/issues/1/comments", "pat", {"body": "b"})
    assert refused.status_code == 403
    assert "locked" in refused.json()["message"]
    assert ask("POST", f"{LOOM}/issues/1/comments", "walt", {"body": "b"}).status_code == 201
    assert ask("DELETE", f"{LOOM}/issues/1/lock", "mia").status_code == 204
    assert ask("POST", f"{LOOM}/issues/1/comments", "pat", {"body": "b"}).status_code == 201


@pytest.mark.parametrize(
    ("login", "permission", "role_name"),
    [
        ("olivia", "admin", "admin"),
        ("mia", "write", "maintain"),
        ("walt", "write", "write"),
        ("tess", "read", "triage"),
        ("pat", "read", "read"),
    ],
)
def test_permissions_are_folded_and_roles_are_not(
    ask: Any, bot: str, login: str, permission: str, role_name: str
) -> None:
    found = ask("GET", f"{LOOM}/collaborators/{login}/permission", bot).json()
    assert (found["permission"], found["role_name"]) == (permission, role_name)


def test_permissions_at_the_edges(ask: Any, bot: str, pg: Playground) -> None:
    secret = "/repos/olivia/secret/collaborators"
    assert ask("GET", f"{secret}/pat/permission", bot).json()["permission"] == "none"
    assert ask("GET", f"{LOOM}/collaborators/nobody/permission", bot).status_code == 404
    assert ask("GET", f"{LOOM}/collaborators/walt/permission", "pat").status_code == 403
    loom = pg.world.find_repository("olivia", "loom")
    pg.world.set_role(loom, "pat", "write", role_name="release-crew")
    found = ask("GET", f"{LOOM}/collaborators/pat/permission", bot).json()
    assert (found["permission"], found["role_name"]) == ("write", "release-crew")


def test_files_are_read_in_each_form(ask: Any) -> None:
    one = ask("GET", f"{LOOM}/contents/README.md").json()
    assert base64.b64decode(one["content"]) == b"# Loom\n\nRun `make test`.\n"
    raw = ask(
        "GET", f"{LOOM}/contents/logo.png", headers={"accept": "application/vnd.github.raw+json"}
    )
    assert raw.content == b"\x89PNG\r\n\0\0"
    folder = ask("GET", f"{LOOM}/contents/docs").json()
    assert [(e["name"], e["type"]) for e in folder] == [("deep", "dir"), ("guide.md", "file")]
    assert ask("GET", f"{LOOM}/contents/nope.md").status_code == 404
    assert ask("GET", f"{LOOM}/readme").json()["path"] == "README.md"
    assert ask("GET", f"{LOOM}/languages").json() == {"Python": 14}
    tree = ask("GET", f"{LOOM}/git/trees/main?recursive=1").json()["tree"]
    assert [e["path"] for e in tree if e["type"] == "tree"] == ["docs", "docs/deep", "src"]
    assert len(tree) == 8
    top = ask("GET", f"{LOOM}/git/trees/main").json()["tree"]
    assert [e["path"] for e in top] == ["README.md", "docs", "logo.png", "src"]


def test_files_are_written_by_commits(ask: Any) -> None:
    path = f"{LOOM}/contents/docs/new.md"
    body = {"message": "Add", "content": base64.b64encode(b"new\n").decode()}
    assert ask("PUT", path, "pat", body).status_code == 403
    made = ask("PUT", path, "walt", body)
    assert made.status_code == 201
    head = ask("GET", f"{LOOM}/commits/main").json()
    assert head["sha"] == made.json()["commit"]["sha"]
    assert [(f["filename"], f["status"]) for f in head["files"]] == [("docs/new.md", "added")]
    assert "+new" in head["files"][0]["patch"]
    assert ask("PUT", path, "walt", body).status_code == 422
    assert ask("PUT", path, "walt", {**body, "sha": "0" * 40}).status_code == 409
    sha = made.json()["content"]["sha"]
    body = {"message": "Change", "content": base64.b64encode(b"newer\n").decode(), "sha": sha}
    changed = ask("PUT", path, "walt", body)
    assert changed.status_code == 200
    gone = {"message": "Remove", "sha": changed.json()["content"]["sha"]}
    assert ask("DELETE", path, "walt", gone).status_code == 200
    assert ask("GET", path).status_code == 404
    assert ask("GET", f"{LOOM}/branches/main").json()["commit"]["sha"] != head["sha"]
    sha = ask("GET", f"{LOOM}/commits/main", headers={"accept": "application/vnd.github.sha"}).text
    assert len(sha) == 40


def test_the_tarball_is_somewhere_else(ask: Any, bot: str, client: httpx.Client) -> None:
    moved = ask("GET", f"{LOOM}/tarball/main")
    assert moved.status_code == 302
    data = client.get(moved.headers["location"]).content
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        top = archive.getnames()[0]
        sha = ask("GET", f"{LOOM}/commits/main").json()["sha"]
        assert top == f"olivia-loom-{sha[:7]}"
        readme = archive.extractfile(f"{top}/README.md")
        assert readme is not None and readme.read() == b"# Loom\n\nRun `make test`.\n"
    hidden = ask("GET", "/repos/olivia/secret/tarball/main", bot).headers["location"]
    assert client.get(hidden).status_code == 200
    assert client.get(hidden.partition("?")[0]).status_code == 404


def test_an_empty_repository(ask: Any, pg: Playground) -> None:
    pg.world.create_repository("olivia", "bare")
    bare = "/repos/olivia/bare"
    tree = ask("GET", f"{bare}/git/trees/main?recursive=1")
    assert (tree.status_code, tree.json()["message"]) == (409, "Git Repository is empty.")
    assert ask("GET", f"{bare}/commits/main").status_code == 409
    assert ask("GET", f"{bare}/contents/README.md").status_code == 404
    assert ask("GET", f"{bare}/readme").status_code == 404
    assert ask("GET", f"{bare}/branches/main").status_code == 404
    assert ask("GET", f"{bare}/tarball/main").status_code == 404
    assert ask("GET", f"{bare}/languages").json() == {}
    assert ask("GET", bare).json()["size"] == 0


def test_hostile_bytes_may_stand_for_the_tarball(
    ask: Any, pg: Playground, client: httpx.Client
) -> None:
    loom = pg.world.find_repository("olivia", "loom")
    pg.world.set_raw_tarball(loom, b"no tar at all")
    place = ask("GET", f"{LOOM}/tarball/main").headers["location"]
    assert client.get(place).content == b"no tar at all"


def test_a_private_repository_is_hidden(ask: Any, pg: Playground, bot: str) -> None:
    assert ask("GET", "/repos/olivia/secret").status_code == 404
    assert ask("GET", "/repos/olivia/secret", "pat").status_code == 404
    assert ask("POST", "/repos/olivia/secret/issues", "pat", {"title": "T"}).status_code == 404
    assert ask("GET", "/repos/olivia/secret", bot).status_code == 200
    assert ask("GET", "/repos/olivia/secret", "olivia").json()["permissions"]["admin"] is True


def test_nobody_reads_and_does_not_write(ask: Any) -> None:
    assert ask("GET", LOOM).headers["x-ratelimit-limit"] == "60"
    refused = ask("POST", f"{LOOM}/issues", None, {"title": "T"})
    assert (refused.status_code, refused.json()["message"]) == (401, "Requires authentication")
    assert ask("GET", LOOM, "ghp_wrong").json()["message"] == "Bad credentials"
    assert ask("GET", "/user").status_code == 401
    assert ask("GET", "/user", "pat").json()["login"] == "pat"
    assert ask("GET", "/users/MIA").json()["login"] == "mia"
    assert ask("GET", "/nothing/here").status_code == 404
    assert ask("GET", "/meta").status_code == 200


def test_pages_are_linked(ask: Any, pg: Playground) -> None:
    loom, pat = pg.world.find_repository("olivia", "loom"), pg.world.person("pat")
    issue = pg.world.create_issue(pat, loom, "T")
    for number in range(5):
        pg.world.create_comment(pat, issue, str(number))
    first = ask("GET", f"{LOOM}/issues/1/comments?per_page=2")
    assert [c["body"] for c in first.json()] == ["0", "1"]
    assert set(first.links) == {"next", "last"}
    second = ask("GET", first.links["next"]["url"])
    assert [c["body"] for c in second.json()] == ["2", "3"]
    assert set(second.links) == {"prev", "next", "last", "first"}
    third = ask("GET", second.links["last"]["url"])
    assert [c["body"] for c in third.json()] == ["4"]
    assert set(third.links) == {"prev", "first"}
    assert ask("GET", f"{LOOM}/issues/1/comments").links == {}


def test_what_has_not_changed_is_free(ask: Any) -> None:
    first = ask("GET", LOOM, "pat")
    same = ask("GET", LOOM, "pat", headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    left = ask("GET", "/rate_limit", "pat").json()["resources"]["core"]
    assert left["used"] == 1
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})
    changed = ask("GET", LOOM, "pat", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


def test_a_spent_budget_refuses_until_the_reset(ask: Any, pg: Playground) -> None:
    who = pg.world.person("pat").budget
    pg.world.budgets.set_remaining(who, "core", 1)
    assert ask("GET", LOOM, "pat").headers["x-ratelimit-remaining"] == "0"
    refused = ask("GET", LOOM, "pat")
    assert refused.status_code == 403
    assert refused.json()["message"].startswith("API rate limit exceeded for user ID")
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert ask("GET", LOOM, "mia").status_code == 200
    pg.world.clock.advance(3601)
    assert ask("GET", LOOM, "pat").status_code == 200


def test_threads_are_searched(ask: Any, pg: Playground) -> None:
    loom, pat = pg.world.find_repository("olivia", "loom"), pg.world.person("pat")
    secret = pg.world.find_repository("olivia", "secret")
    issue = pg.world.create_issue(pat, loom, "Weaving", "warp and weft")
    pg.world.create_issue(pat, loom, "Other")
    pg.world.create_issue(pg.world.person("olivia"), secret, "Weaving")
    pg.world.create_comment(pat, issue, "<!-- marker abc -->")

    def found(query: str, who: str = "pat") -> list[tuple[str, int]]:
        reply = ask("GET", "/search/issues", who, params={"q": query}).json()
        return [(i["repository_url"].rpartition("/")[2], i["number"]) for i in reply["items"]]

    assert found("weaving") == [("loom", 1)]
    assert found("weaving", "olivia") == [("secret", 1), ("loom", 1)]
    assert found('"marker abc" in:comments repo:olivia/loom') == [("loom", 1)]
    assert found('"marker abc" in:title') == []
    assert found("is:issue is:open author:pat") == [("loom", 2), ("loom", 1)]
    assert found("is:pr") == []
    assert found("author:nobody") == []
    assert ask("GET", "/search/issues?q=", "pat").status_code == 422


def test_a_pull_request_is_an_issue_too(ask: Any, pg: Playground) -> None:
    world, walt = pg.world, pg.world.person("walt")
    loom = world.find_repository("olivia", "loom")
    world.commit_files(
        walt, loom, {"README.md": b"# Loom\n\nRun `make check`.\n"}, message="C", branch="fix"
    )
    made = ask("POST", f"{LOOM}/pulls", "walt", {"title": "P", "head": "fix", "base": "main"})
    assert made.status_code == 201
    assert ask("GET", f"{LOOM}/issues/1").json()["pull_request"]["url"].endswith("/pulls/1")
    (file,) = ask("GET", f"{LOOM}/pulls/1/files").json()
    assert (file["filename"], file["additions"], file["deletions"]) == ("README.md", 1, 1)
    assert file["patch"].startswith("@@ -1,3 +1,3 @@")
    body = {
        "body": "Sure?",
        "path": "README.md",
        "line": 3,
        "commit_id": made.json()["head"]["sha"],
    }
    top = ask("POST", f"{LOOM}/pulls/1/comments", "mia", body).json()
    reply = ask("POST", f"{LOOM}/pulls/1/comments/{top['id']}/replies", "walt", {"body": "Yes"})
    assert reply.json()["in_reply_to_id"] == top["id"]
    assert ask("POST", f"{LOOM}/pulls/1/comments", "mia", {**body, "path": "x"}).status_code == 422
    path = f"{LOOM}/pulls/comments/{top['id']}"
    assert ask("POST", f"{path}/reactions", "walt", {"content": "eyes"}).status_code == 201
    assert ask("GET", path).json()["reactions"]["eyes"] == 1
    assert ask("PATCH", path, "mia", {"body": "Sure now?"}).json()["body"] == "Sure now?"
    assert ask("GET", f"{LOOM}/issues/comments/{top['id']}").status_code == 404
    assert ask("POST", f"{LOOM}/issues/1/comments", "pat", {"body": "Nice"}).status_code == 201
    pull = ask("GET", f"{LOOM}/pulls/1").json()
    assert (pull["comments"], pull["review_comments"]) == (1, 2)
    assert ask("DELETE", path, "mia").status_code == 204
    assert ask("PATCH", f"{LOOM}/pulls/1", "walt", {"title": "Q"}).json()["title"] == "Q"
    assert [p["title"] for p in ask("GET", f"{LOOM}/pulls").json()] == ["Q"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_object(client: httpx.Client, body: bytes) -> None:
    headers = {"authorization": "Bearer ghp_pat"}
    assert client.post(f"{LOOM}/issues", content=body, headers=headers).status_code == 400


def test_what_was_deleted_is_gone(ask: Any, pg: Playground) -> None:
    loom = pg.world.find_repository("olivia", "loom")
    issue = pg.world.create_issue(pg.world.person("pat"), loom, "T")
    pg.world.delete_issue(pg.world.person("olivia"), issue)
    assert ask("GET", f"{LOOM}/issues/1").status_code == 410
    assert ask("GET", f"{LOOM}/issues/2").status_code == 404
    assert ask("PATCH", LOOM, "mia", {"name": "warp"}).status_code == 403
    assert ask("PATCH", LOOM, "olivia", {"name": "warp"}).json()["full_name"] == "olivia/warp"
    assert ask("DELETE", "/repos/olivia/warp", "olivia").status_code == 204
    assert ask("GET", "/repos/olivia/warp").status_code == 404


def test_comments_are_listed_since_and_sorted(ask: Any, pg: Playground) -> None:
    world, pat = pg.world, pg.world.person("pat")
    issue = world.create_issue(pat, world.find_repository("olivia", "loom"), "T")
    first = world.create_comment(pat, issue, "first")
    world.clock.advance(10)
    since = world.create_comment(pat, issue, "second").created_at
    world.clock.advance(10)
    world.edit_comment(pat, first, "first again")

    def listed(path: str, **query: str) -> list[str]:
        return [c["body"] for c in ask("GET", f"{LOOM}/issues/{path}", params=query).json()]

    at = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert listed("1/comments", since=at) == ["first again", "second"]
    assert listed("1/comments", sort="updated", direction="desc") == ["first again", "second"]
    assert listed("comments", sort="updated") == ["second", "first again"]
    assert listed("comments", sort="created", direction="desc") == ["second", "first again"]
    assert listed("comments", direction="desc") == ["first again", "second"]


def test_many_at_once_do_not_meet(ask: Any, pg: Playground) -> None:
    ask("POST", f"{LOOM}/issues", "pat", {"title": "T"})

    def write(number: int) -> int:
        reply = httpx.post(
            f"{pg.api_url}{LOOM}/issues/1/comments",
            json={"body": str(number)},
            headers={"authorization": "Bearer ghp_pat"},
            trust_env=False,
        )
        return int(reply.json()["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(write, range(40)))
    assert len(set(ids)) == 40
    assert {c.body for c in pg.world.comments} == {str(number) for number in range(40)}
