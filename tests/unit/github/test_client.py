"""Each method of the port against canned answers: what is sent, and what comes of it."""

import base64
import gzip
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.domain import Permission, Person, Repository
from app.errors import ConfigError, GoneError, LackingError, TransientError, UserError
from app.github import place as module
from app.github.client import connect
from app.github.errors_of import BadRequest
from app.github.text import MAX_FILE_BYTES
from app.settings import load
from tests.unit.github.hub import (
    API,
    COMMENT,
    ISSUE,
    NOW,
    PERSON,
    REPOSITORY,
    Hub,
    answer,
    client,
)

ROOT = "/repos/octo/loom"
SHA = "0123456789abcdef0123456789abcdef01234567"
INSTALLATION = {"id": 99, "suspended_at": None}
FULL = {"id": 55, "name": "loom", "owner": {"id": 5, "login": "octo"}, "default_branch": "main"}


def file_of(content: bytes, **more: Any) -> dict[str, Any]:
    text = base64.encodebytes(content).decode()
    return {"type": "file", "encoding": "base64", "content": text, **more}


def text(content: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, text=content)


class TestConnect:
    def test_nothing_is_sent(self) -> None:
        hub = Hub()
        assert client(hub).app_id == 4242
        assert hub.requests == []

    def test_without_a_key_all_that_is_missing_is_told(self) -> None:
        with pytest.raises(ConfigError) as caught:
            connect(load({}))
        assert len(caught.value.faults) == 3


class TestLogin:
    def test_is_the_slug_with_bot_and_asked_for_once(self) -> None:
        hub = Hub({"GET /app": answer({"id": 4242, "slug": "treadle-loom"})})
        github = client(hub)
        assert (github.login, github.login) == ("treadle-loom[bot]", "treadle-loom[bot]")
        assert hub.sent == ["GET /app"]


class TestRepository:
    def test_is_found_by_its_installation(self) -> None:
        hub = Hub({f"GET {ROOT}/installation": answer(INSTALLATION), f"GET {ROOT}": answer(FULL)})
        assert client(hub).repository("octo", "loom") == REPOSITORY
        assert [request.headers["authorization"].split()[0] for request in hub.requests] == [
            "Bearer",
            "token",
        ]

    def test_keeps_the_name_that_github_says(self) -> None:
        hub = Hub(
            {
                "GET /repos/octo/old/installation": answer(INSTALLATION),
                "GET /repos/octo/old": answer(FULL),
            }
        )
        assert client(hub).repository("octo", "old").name == "loom"

    def test_without_the_app_is_gone(self) -> None:
        with pytest.raises(GoneError):
            client(Hub()).repository("octo", "loom")

    def test_of_a_suspended_installation_is_gone(self) -> None:
        suspended = {**INSTALLATION, "suspended_at": "2026-11-20T10:00:00Z"}
        hub = Hub({f"GET {ROOT}/installation": answer(suspended)})
        with pytest.raises(GoneError, match="suspended"):
            client(hub).repository("octo", "loom")

    @pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a?b", "a#b", "a b", "a\n"])
    def test_a_name_never_leaves_its_place(self, name: str) -> None:
        hub = Hub()
        with pytest.raises(ValueError, match="not a name"):
            client(hub).repository("octo", name)
        assert hub.requests == []


class TestThread:
    def test_reads_the_issue_and_every_page_of_comments(self) -> None:
        link = f'<{API}/repositories/55/issues/12/comments?per_page=100&page=2>; rel="next"'
        hub = Hub(
            {
                f"GET {ROOT}/issues/12": answer({**ISSUE, "body": "It breaks"}),
                f"GET {ROOT}/issues/12/comments": answer([COMMENT], link=link),
                "GET /repositories/55/issues/12/comments": answer([{**COMMENT, "id": 315}]),
            }
        )
        thread = client(hub).thread(REPOSITORY, 12)
        assert [comment.id for comment in thread.comments] == [314, 315]
        assert (thread.title, thread.body) == ("Broken", "It breaks")
        assert thread.author == Person(id=7, login="mona")
        assert [request.url.query for request in hub.requests] == [
            b"",
            b"per_page=100",
            b"per_page=100&page=2",
        ]

    def test_a_pull_request_is_a_thread(self) -> None:
        issue = {**ISSUE, "pull_request": {"url": "https://example.org"}}
        hub = Hub(
            {
                f"GET {ROOT}/issues/12": answer(issue),
                f"GET {ROOT}/issues/12/comments": answer([]),
            }
        )
        assert client(hub).thread(REPOSITORY, 12).title == "Broken"

    def test_a_token_goes_to_no_other_server(self) -> None:
        link = '<https://evil.example.org/x?page=2>; rel="next"'
        hub = Hub(
            {
                f"GET {ROOT}/issues/12": answer(ISSUE),
                f"GET {ROOT}/issues/12/comments": answer([COMMENT], link=link),
            }
        )
        with pytest.raises(TransientError, match="somewhere else"):
            client(hub).thread(REPOSITORY, 12)
        assert {request.url.host for request in hub.requests} == {"api.example.org"}

    def test_endless_pages_are_cut(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MAX_PAGES", 3)
        link = f'<{API}{ROOT}/issues/12/comments?page=2>; rel="next"'
        hub = Hub(
            {
                f"GET {ROOT}/issues/12": answer(ISSUE),
                f"GET {ROOT}/issues/12/comments": answer([COMMENT], link=link),
            }
        )
        assert len(client(hub).thread(REPOSITORY, 12).comments) == 3

    def test_a_transferred_issue_is_gone(self) -> None:
        hub = Hub({f"GET {ROOT}/issues/12": answer({**ISSUE, "number": 3})})
        with pytest.raises(GoneError, match="transferred"):
            client(hub).thread(REPOSITORY, 12)

    def test_comments_that_are_no_list_are_a_fault(self) -> None:
        hub = Hub(
            {f"GET {ROOT}/issues/12": answer(ISSUE), f"GET {ROOT}/issues/12/comments": answer({})}
        )
        with pytest.raises(TransientError, match="not a list"):
            client(hub).thread(REPOSITORY, 12)


class TestPermission:
    def test_is_the_role(self) -> None:
        content = {"permission": "write", "role_name": "maintain"}
        hub = Hub({f"GET {ROOT}/collaborators/mona/permission": answer(content)})
        assert client(hub).permission(REPOSITORY, "mona") is Permission.MAINTAIN

    def test_of_nobody_is_none(self) -> None:
        assert client(Hub()).permission(REPOSITORY, "nobody") is Permission.NONE

    def test_of_a_bot_is_asked_for_with_its_brackets_escaped(self) -> None:
        hub = Hub()
        client(hub).permission(REPOSITORY, "dependabot[bot]")
        assert hub.requests[0].url.raw_path.endswith(b"/dependabot%5Bbot%5D/permission")

    def test_without_access_is_gone(self) -> None:
        hub = Hub({f"GET {ROOT}/collaborators/mona/permission": answer(status=403)})
        with pytest.raises(GoneError):
            client(hub).permission(REPOSITORY, "mona")

    def test_of_a_lost_installation_is_gone_and_not_none(self) -> None:
        hub = Hub()
        hub.token_answer = answer(status=404)
        with pytest.raises(GoneError):
            client(hub).permission(REPOSITORY, "mona")


class TestWriting:
    def test_react(self) -> None:
        hub = Hub({f"POST {ROOT}/issues/comments/314/reactions": answer({"id": 1}, 201)})
        client(hub).react(REPOSITORY, 314, "eyes")
        assert hub.body() == {"content": "eyes"}

    def test_react_again(self) -> None:
        hub = Hub({f"POST {ROOT}/issues/comments/314/reactions": answer({"id": 1}, 200)})
        client(hub).react(REPOSITORY, 314, "eyes")
        assert len(hub.requests) == 1

    def test_react_where_there_are_no_reactions(self) -> None:
        hub = Hub()
        client(hub).react(REPOSITORY, 314, "eyes")
        assert len(hub.requests) == 1

    def test_react_where_that_is_not_allowed(self) -> None:
        hub = Hub({f"POST {ROOT}/issues/comments/314/reactions": answer(status=403)})
        with pytest.raises(GoneError):
            client(hub).react(REPOSITORY, 314, "eyes")

    def test_post(self) -> None:
        hub = Hub({f"POST {ROOT}/issues/12/comments": answer(COMMENT, 201)})
        assert client(hub).post(REPOSITORY, 12, "Hello").node_id == "IC_314"
        assert hub.body() == {"body": "Hello"}

    @pytest.mark.parametrize(
        "fault", [answer(status=502), httpx.ReadTimeout("slow"), httpx.ReadError("reset")]
    )
    def test_a_post_is_sent_once_whatever_comes_of_it(
        self, fault: httpx.Response | Exception
    ) -> None:
        hub = Hub({f"POST {ROOT}/issues/12/comments": fault})
        with pytest.raises(TransientError):
            client(hub).post(REPOSITORY, 12, "Hello")
        assert len(hub.requests) == 1

    def test_a_body_that_github_refuses_is_our_bug(self) -> None:
        hub = Hub({f"POST {ROOT}/issues/12/comments": answer(status=422)})
        with pytest.raises(BadRequest, match="status 422"):
            client(hub).post(REPOSITORY, 12, "")


class TestFile:
    PATH = f"GET {ROOT}/contents/.github/treadle.yml"

    def read(self, hub: Hub) -> bytes | None:
        return client(hub).file(REPOSITORY, ".github/treadle.yml")

    def test_is_decoded(self) -> None:
        content = b"name: Loomis\n" * 20
        assert self.read(Hub({self.PATH: answer(file_of(content))})) == content

    def test_that_is_not_there_is_none(self) -> None:
        assert self.read(Hub()) is None

    @pytest.mark.parametrize("content", [[], [file_of(b"x")], file_of(b"", type="submodule")])
    def test_what_is_no_file_is_none(self, content: Any) -> None:
        assert self.read(Hub({self.PATH: answer(content)})) is None

    def test_that_is_large_comes_raw_and_is_cut(self) -> None:
        large = {"type": "file", "encoding": "none", "content": ""}
        raw = httpx.Response(200, content=b"#" * (MAX_FILE_BYTES + 5))
        hub = Hub({self.PATH: [answer(large), raw]})
        assert self.read(hub) == b"#" * MAX_FILE_BYTES
        assert "raw" in hub.requests[1].headers["accept"]

    def test_that_is_not_base64_is_a_fault(self) -> None:
        broken = {"type": "file", "encoding": "base64", "content": "a"}
        with pytest.raises(TransientError, match="not base64"):
            self.read(Hub({self.PATH: answer(broken)}))

    def test_without_access_is_gone(self) -> None:
        with pytest.raises(GoneError):
            self.read(Hub({self.PATH: answer(status=403)}))

    @pytest.mark.parametrize("given", [answer(status=404), answer(status=403)])
    def test_of_an_organisation_that_shows_none_is_none(self, given: httpx.Response) -> None:
        hub = Hub({"GET /repos/octo/.github/contents/.github/treadle.yml": given})
        assert client(hub).organisation_file(REPOSITORY, ".github/treadle.yml") is None

    def test_of_the_organisation(self) -> None:
        path = "GET /repos/octo/.github/contents/.github/treadle.yml"
        hub = Hub({path: answer(file_of(b"name: Loomis"))})
        found = client(hub).organisation_file(REPOSITORY, ".github/treadle.yml")
        assert found == b"name: Loomis"


class TestHead:
    PATH = f"GET {ROOT}/commits/HEAD"

    def test_is_a_hash_alone(self) -> None:
        hub = Hub({self.PATH: text(SHA)})
        assert client(hub).head(REPOSITORY) == SHA
        assert hub.requests[0].headers["accept"] == "application/vnd.github.sha"

    @pytest.mark.parametrize("status", [409, 422])
    def test_of_an_empty_repository_is_none(self, status: int) -> None:
        hub = Hub({self.PATH: answer({"message": "Git Repository is empty."}, status)})
        assert client(hub).head(REPOSITORY) is None

    @pytest.mark.parametrize("content", ["", "main", SHA[:-1], SHA.upper(), SHA + "/.."])
    def test_anything_else_is_a_fault(self, content: str) -> None:
        with pytest.raises(TransientError, match="hash"):
            client(Hub({self.PATH: text(content)})).head(REPOSITORY)

    def test_of_a_lost_repository_is_gone(self) -> None:
        with pytest.raises(GoneError):
            client(Hub()).head(REPOSITORY)

    def test_without_a_list_of_commits_is_that_of_the_branch(self) -> None:
        hub = Hub({f"GET {ROOT}/branches/main": answer({"commit": {"sha": SHA}})})
        assert client(hub).head(REPOSITORY) == SHA


class TestTarball:
    PATH = f"GET {ROOT}/tarball/{SHA}"

    def test_follows_to_where_it_lies_without_the_token(self) -> None:
        archive = gzip.compress(b"tar" * 1000)
        place = "https://codeload.example.org/octo/loom/legacy.tar.gz/x"
        hub = Hub(
            {
                self.PATH: httpx.Response(302, headers={"location": place}),
                "GET /octo/loom/legacy.tar.gz/x": httpx.Response(
                    200, content=archive, headers={"content-type": "application/x-gzip"}
                ),
            }
        )
        with client(hub).tarball(REPOSITORY, SHA) as chunks:
            assert b"".join(chunks) == archive
        assert hub.requests[0].headers["authorization"] == "token token-1"
        assert "authorization" not in hub.requests[1].headers

    def test_that_is_too_large_is_broken_off(self) -> None:
        pulled: list[int] = []

        def endless(request: httpx.Request) -> httpx.Response:
            def chunks() -> Any:
                for number in range(10_000):
                    pulled.append(number)
                    yield b"x" * 65_536

            return httpx.Response(200, content=chunks())

        hub = Hub({self.PATH: endless})
        github = client(hub, index_max_archive_bytes=2**20)
        with (
            github.tarball(REPOSITORY, SHA) as archive,
            pytest.raises(UserError, match="larger than the 1 MiB"),
        ):
            for _ in archive:
                pass
        assert len(pulled) < 30

    def test_that_breaks_off_is_a_passing_fault(self) -> None:
        def broken(request: httpx.Request) -> httpx.Response:
            def chunks() -> Any:
                yield b"x" * 100_000
                raise httpx.ReadError("reset")

            return httpx.Response(200, content=chunks())

        with (
            client(Hub({self.PATH: broken})).tarball(REPOSITORY, SHA) as archive,
            pytest.raises(TransientError),
        ):
            b"".join(archive)

    def test_that_is_missing_is_gone(self) -> None:
        with pytest.raises(GoneError), client(Hub()).tarball(REPOSITORY, SHA) as archive:
            next(archive)

    def test_without_archives_is_made_of_the_files(self) -> None:
        hub = Hub(
            {
                f"GET {ROOT}/git/commits/{SHA}": answer({"tree": {"sha": "t"}}),
                f"GET {ROOT}/git/trees/t": answer({"tree": []}),
            }
        )
        with client(hub).tarball(REPOSITORY, SHA) as archive:
            assert gzip.decompress(b"".join(archive)).strip(b"\0") == b""
        assert hub.requests[-1].url.query == b"recursive=1"

    @pytest.mark.parametrize("status", [403, 451])
    def test_that_may_not_be_read_is_gone(self, status: int) -> None:
        hub = Hub({self.PATH: answer(status=status)})
        with pytest.raises(GoneError), client(hub).tarball(REPOSITORY, SHA):
            pass
        assert len(hub.requests) == 1

    def test_errors_of_its_reader_pass_through(self) -> None:
        hub = Hub({self.PATH: httpx.Response(200, content=b"x")})
        with pytest.raises(KeyError), client(hub).tarball(REPOSITORY, SHA) as archive:
            next(archive)
            raise KeyError


END = {"hasNextPage": False, "endCursor": None}
MORE = {"hasNextPage": True, "endCursor": "next"}


def node(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "body": "B",
        "reactions": {"nodes": [], "pageInfo": END},
        "userContentEdits": {"nodes": [], "pageInfo": END},
        **more,
    }


def reaction(content: str) -> dict[str, Any]:
    user = {"databaseId": PERSON["id"], "login": PERSON["login"]}
    return {"content": content, "createdAt": "2026-11-20T10:00:00Z", "user": user}


def version(diff: str) -> dict[str, Any]:
    return {"editedAt": "2026-11-20T10:00:00Z", "deletedAt": None, "diff": diff, "editor": None}


def graphql(data: Any, *errors: dict[str, Any]) -> httpx.Response:
    return answer({"data": data, "errors": list(errors)} if errors else {"data": data})


SHOWN = {**COMMENT, "updated_at": "2026-11-20T10:00:00Z"}
HEART = {"content": "heart", "created_at": "2026-11-20T11:00:00Z", "user": PERSON}


class TestSnapshot:
    PATH = f"GET {ROOT}/issues/comments/314"

    def test_reads_the_comment_and_its_reactions(self) -> None:
        hub = Hub({self.PATH: answer(SHOWN), f"{self.PATH}/reactions": answer([HEART])})
        found = client(hub).snapshot(REPOSITORY, 314, "IC_314")
        assert (found.body, [one.content for one in found.reactions]) == ("Hello", ["heart"])
        assert found.seen_at == NOW

    def test_without_reactions_has_none(self) -> None:
        hub = Hub({self.PATH: answer(SHOWN)})
        assert client(hub).snapshot(REPOSITORY, 314, "IC_314").reactions == ()

    @pytest.mark.parametrize("status", [404, 410])
    def test_what_is_gone_is_data(self, status: int) -> None:
        hub = Hub({self.PATH: answer({}, status)})
        found = client(hub).snapshot(REPOSITORY, 314, "IC_314")
        assert (found.comment_node_id, found.exists) == ("IC_314", False)

    def test_what_may_not_be_read_is_no_deletion(self) -> None:
        for path in (self.PATH, f"{self.PATH}/reactions"):
            hub = Hub({self.PATH: answer(SHOWN), path: answer({}, 403)})
            with pytest.raises(GoneError):
                client(hub).snapshot(REPOSITORY, 314, "IC_314")


class TestSnapshots:
    PATH = "POST /graphql"

    def test_one_query_for_all_in_the_order_asked_for(self) -> None:
        hub = Hub({self.PATH: graphql({"nodes": [node("b"), node("a")]})})
        found = client(hub).snapshots(REPOSITORY, ["b", "a"])
        assert [one.comment_node_id for one in found] == ["b", "a"]
        assert hub.body()["variables"] == {"ids": ["b", "a"]}
        assert len(hub.requests) == 1

    def test_none_asks_for_nothing_and_too_many_are_refused(self) -> None:
        hub = Hub()
        assert client(hub).snapshots(REPOSITORY, []) == ()
        with pytest.raises(ValueError, match="at most 100"):
            client(hub).snapshots(REPOSITORY, ["x"] * 101)
        assert hub.requests == []

    @pytest.mark.parametrize("status", [404, 405, 501])
    def test_without_graphql_is_lacking(self, status: int) -> None:
        hub = Hub({self.PATH: answer({}, status)})
        with pytest.raises(LackingError):
            client(hub).snapshots(REPOSITORY, ["a"])

    def test_what_is_gone_is_data(self) -> None:
        gone = {"type": "NOT_FOUND", "path": ["nodes", 0], "message": "no such node"}
        hub = Hub({self.PATH: graphql({"nodes": [None, node("b")]}, gone)})
        first, second = client(hub).snapshots(REPOSITORY, ["a", "b"])
        assert (first.comment_node_id, first.exists, second.exists) == ("a", False, True)

    def test_long_lists_are_read_to_their_end(self) -> None:
        first = node(
            "a",
            reactions={"nodes": [reaction("THUMBS_UP")], "pageInfo": MORE},
            userContentEdits={"nodes": [version("B")], "pageInfo": MORE},
        )
        more = {"reactions": {"nodes": [reaction("EYES")], "pageInfo": END}}
        older = {"userContentEdits": {"nodes": [version("A")], "pageInfo": END}}
        hub = Hub(
            {
                self.PATH: [
                    graphql({"nodes": [first]}),
                    graphql({"node": more}),
                    graphql({"node": older}),
                ]
            }
        )
        (found,) = client(hub).snapshots(REPOSITORY, ["a"])
        assert [one.content for one in found.reactions] == ["+1", "eyes"]
        assert [one.body for one in found.revisions] == ["A", "B"]
        assert hub.body(1)["variables"] == {"id": "a", "after": "next"}
        assert "MoreReactions" in hub.body(1)["query"]
        assert "MoreEdits" in hub.body(2)["query"]

    def test_a_reply_that_goes_between_two_pages_is_read_again_later(self) -> None:
        first = node("a", reactions={"nodes": [], "pageInfo": MORE})
        gone = {"type": "NOT_FOUND", "message": "no such node"}
        hub = Hub({self.PATH: [graphql({"nodes": [first]}), graphql({"node": None}, gone)]})
        with pytest.raises(TransientError, match="deleted while it was read"):
            client(hub).snapshots(REPOSITORY, ["a"])

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            pytest.param(
                graphql({"nodes": [None]}, {"type": "FORBIDDEN", "message": "x"}),
                GoneError,
                id="forbidden",
            ),
            pytest.param(
                graphql(None, {"type": "RATE_LIMITED", "message": "x"}), TransientError, id="limit"
            ),
            pytest.param(
                graphql(None, {"message": "Something went wrong"}), TransientError, id="fault"
            ),
            pytest.param(
                graphql(None, {"message": "x", "extensions": {"code": "undefinedField"}}),
                BadRequest,
                id="wrong query",
            ),
            pytest.param(graphql({"nodes": []}), TransientError, id="too few"),
            pytest.param(graphql({"nodes": [{"id": "a"}]}), TransientError, id="not as documented"),
            pytest.param(httpx.Response(200, text="<html>"), TransientError, id="not JSON"),
            pytest.param(answer({}), TransientError, id="neither data nor errors"),
            pytest.param(answer(status=502), TransientError, id="502"),
        ],
    )
    def test_failures(self, given: httpx.Response, expected: type[Exception]) -> None:
        with pytest.raises(expected):
            client(Hub({self.PATH: given})).snapshots(REPOSITORY, ["a"])


def test_a_renamed_owner_changes_the_address() -> None:
    moved: Repository = replace(REPOSITORY, owner="octo-org")
    hub = Hub({"GET /repos/octo-org/loom/issues/comments/1": answer(COMMENT)})
    assert client(hub).comment(moved, 1).id == 314
