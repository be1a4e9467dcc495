"""The pages over HTTP: what they show, what each form does, and to whom it is refused."""

import re

import pytest

from playground.clock import Clock
from playground.pages.posts import REACTIONS
from tests.unit.playground.pages_world import BLOCK, ORIGIN, Scene, make_scene, visible

REPO = "/olivia/shuttle"
THREAD = f"{REPO}/issues/1"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def reply(scene: Scene) -> str:
    """Where the forms of the bot's reply go."""
    return f"{REPO}/comments/{scene.reply.id}"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "olivia/shuttle"),
        ("/olivia", "olivia/shuttle"),
        (REPO, "docs/"),
        (f"{REPO}/tree/main/docs", "rules.md"),
        (f"{REPO}/blob/main/docs/rules.md", "## Two"),
        (f"{REPO}/blob/main/logo.png", "not shown"),
        (f"{REPO}/issues", "Tests?"),
        (f"{REPO}/issues?state=closed", "No issue was closed"),
        (f"{REPO}/pulls", "no open pull request"),
        (f"{REPO}/issues/new", "Open issue"),
        (THREAD, "How do I run the tests?"),
        ("/_pages/deliveries", "Nothing was delivered yet"),
    ],
)
def test_pages_are_there(scene: Scene, path: str, words: str) -> None:
    page = scene.get(path)
    assert words in page
    assert page.count("<h1") == 1
    assert page.count("<main") == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nobody", 404),
        ("/olivia/nothing", 404),
        (f"{REPO}/issues/99", 404),
        (f"{REPO}/issues/" + "9" * 5000, 404),
        (f"{REPO}/blob/main/absent.md", 404),
        (f"{REPO}/blob/absent/README.md", 404),
        (f"{REPO}/tree/main/absent", 404),
        (f"{REPO}/comments/1/history", 404),
        (f"{REPO}/somewhere/else", 404),
    ],
)
def test_what_is_not_there_is_a_page_with_its_status(scene: Scene, path: str, status: int) -> None:
    answer = scene.browser.get(path)
    assert answer.status_code == status
    assert f'<p class="status">{status}</p>' in answer.text
    assert "<main" in answer.text


def test_a_deleted_issue_says_so(scene: Scene) -> None:
    scene.world.delete_issue(scene.person("olivia"), scene.issue)
    answer = scene.browser.get(THREAD)
    assert answer.status_code == 410
    assert "was deleted" in answer.text


def test_every_page_forbids_what_is_foreign(scene: Scene) -> None:
    headers = scene.browser.get(THREAD).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    page = scene.get(THREAD)
    assert not re.search(r"\son\w+=|style=|<script>", page)
    links = re.findall(r'\s(?:src|href|action)="([^"]*)"', page)
    assert links
    assert all(link.startswith(("/", "#", ORIGIN)) for link in links), links


def test_the_hidden_block_shows_only_in_the_source(scene: Scene) -> None:
    page = scene.get(THREAD)
    assert "in the block" not in visible(page)
    assert page.count("&lt;!-- treadle") == 1
    source = re.search(
        rf'id="issuecomment-{scene.reply.id}".*?<pre tabindex="0">(.*?)</pre>', page, re.DOTALL
    )
    assert source is not None
    assert "in the block" in source[1]


def test_hostile_text_stays_text(scene: Scene) -> None:
    evil = "<script>alert(1)</script> <img src=x onerror=alert(2)> [a](javascript:alert(3))\"'>"
    issue = scene.world.create_issue(scene.person("pat"), scene.repository, evil, evil)
    comment = scene.world.create_comment(scene.person("pat"), issue, evil)
    scene.world.edit_comment(scene.person("pat"), comment, evil + " again")
    for path in (
        f"{REPO}/issues",
        f"{REPO}/issues/{issue.number}",
        f"{REPO}/comments/{comment.id}/history",
    ):
        page = scene.get(path)
        assert "<script>" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page
        assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in scene.get(f"{REPO}/blob/main/docs/rules.md")


def test_boxes_are_ticked_by_who_may_edit_and_seen_by_all(scene: Scene) -> None:
    body = "<!-- hidden -->\nWords.\n\n- [x] one\n  - [ ] two\n\n1. [ ] three"
    scene.world.edit_issue(scene.person("cora"), scene.issue, body=body)

    def press(line: int, login: str) -> int:
        seen = re.search(r'name="seen" value="(\w+)"', page)
        assert seen is not None
        scene.act_as(login)
        form = {"line": str(line), "seen": seen[1]}
        return int(scene.post(f"{THREAD}/tick", form).status_code)

    scene.act_as("max")
    page = scene.get(THREAD)
    boxes = re.findall(r'name="line" value="(\d+)" role="checkbox" aria-checked="(\w+)"', page)
    assert boxes == [("3", "true"), ("4", "false"), ("6", "false")]
    assert press(3, "pat") == 403
    assert press(2, "max") == 422
    assert press(4, "max") == 200
    assert press(3, "max") == 422, "the text is another by now"
    now = scene.world.issue(scene.repository, 1)
    assert now.body == body.replace("[ ] two", "[x] two")
    scene.act_as("pat")
    page = scene.get(THREAD)
    assert "tasks-issue" not in page
    assert page.count('<input type="checkbox" disabled') == 3


def test_the_readme_leads_to_its_files(scene: Scene) -> None:
    page = scene.get(REPO)
    assert f'href="{REPO}/blob/main/docs/rules.md#two"' in page
    # A line end inside a paragraph of a file breaks no line, and HTML is shown as text.
    assert "<br" not in page
    assert "&lt;b&gt;run&lt;/b&gt;" in page


def test_a_permalink_marks_its_lines(scene: Scene) -> None:
    sha = scene.world.resolve(scene.repository).sha
    scene.world.create_comment(
        scene.bot, scene.issue, f"[rules]({ORIGIN}{REPO}/blob/{sha}/docs/rules.md#L3-L5)"
    )
    link = f"{REPO}/blob/{sha}/docs/rules.md?lines=3-5#L3-L5"
    assert f'href="{ORIGIN}{link}"' in scene.get(THREAD)
    page = scene.get(link)
    marked = re.findall(r'<li id="L(\d+)" class="marked">', page)
    assert marked == ["3", "4", "5"]
    assert 'id="L3-L5"' in page


def test_an_issue_is_opened_and_commented(scene: Scene) -> None:
    answer = scene.post(f"{REPO}/issues", {"title": " New ", "body": "one\r\ntwo"})
    assert answer.url.path == f"{REPO}/issues/2"
    issue = scene.world.issue(scene.repository, 2)
    assert (issue.title, issue.body) == ("New", "one\ntwo")
    answer = scene.post(f"{REPO}/issues/2/comments", {"body": "a comment"})
    assert "a comment" in answer.text
    (comment,) = scene.world.comments.of(issue.id)
    assert scene.world.accounts[comment.author_id].login == "cora"


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        (f"{REPO}/issues", {"title": " ", "body": "kept text"}, "title is missing"),
        (f"{REPO}/issues", {"title": "x" * 257, "body": "kept text"}, "too long"),
        (f"{THREAD}/comments", {"body": " \n"}, "cannot be blank"),
        (f"{THREAD}/comments", {"body": "kept text" * 8000}, "too long"),
        (f"{THREAD}/edit", {"title": "", "body": "kept text"}, "title is missing"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_written(
    scene: Scene, path: str, form: dict[str, str], words: str
) -> None:
    answer = scene.post(path, form)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    if "kept text" in form["body"]:
        assert "kept text" in answer.text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (f"{REPO}/issues", {"title": "T", "body": "**bold**", "preview": "1"}),
        (f"{THREAD}/comments", {"body": "**bold**", "preview": "1"}),
        (f"{THREAD}/edit", {"title": "T", "body": "**bold**", "preview": "1"}),
    ],
)
def test_a_preview_changes_nothing(scene: Scene, path: str, form: dict[str, str]) -> None:
    before = (len(scene.world.issues), len(scene.world.comments), scene.issue.body)
    page = scene.post(path, form).text
    assert "<strong>bold</strong>" in page
    assert "**bold**</textarea>" in page
    after = (len(scene.world.issues), len(scene.world.comments))
    assert (*after, scene.world.issues[scene.issue.id].body) == before


def test_the_preview_of_a_script_is_the_text_as_shown(scene: Scene) -> None:
    form = {"body": "`a` <i>b</i> #1", "owner": "olivia", "repo": "shuttle"}
    html = scene.post("/_pages/preview", form).text
    assert html.strip() == (
        "<p><code>a</code> &lt;i&gt;b&lt;/i&gt; "
        '<a href="/olivia/shuttle/issues/1" rel="nofollow ugc">#1</a></p>'
    )


def test_each_reaction_is_given_and_taken_back(scene: Scene, reply: str) -> None:
    for content, (sign, _) in REACTIONS.items():
        page = scene.post(f"{reply}/react", {"content": content}).text
        given = scene.world.reactions.of(_node(scene))
        assert [one.content for one in given] == [content]
        assert re.search(rf'value="{re.escape(content)}" aria-pressed="true" title="cora"', page)
        assert sign in page
        scene.post(f"{reply}/react", {"content": content})
        assert scene.world.reactions.of(_node(scene)) == []


def test_an_issue_takes_reactions_too(scene: Scene) -> None:
    scene.post(f"{THREAD}/react", {"content": "heart"})
    assert len(scene.world.reactions) == 1


def test_an_unknown_reaction_is_refused(scene: Scene, reply: str) -> None:
    assert scene.post(f"{reply}/react", {"content": "cake"}).status_code == 422


def test_a_maintainer_edits_the_bots_reply(scene: Scene, reply: str) -> None:
    assert 'data-action="edit"' not in _post(scene, scene.reply.id)
    scene.act_as("max")
    assert 'data-action="edit"' in _post(scene, scene.reply.id)
    form = scene.get(f"{THREAD}?edit={scene.reply.id}")
    assert (
        f"Run `make test`.\n\n{BLOCK}".replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&#34;")
        in form
    )
    body = f"Run `make check`.\r\n\r\n{BLOCK}"
    answer = scene.post(f"{reply}/edit", {"body": body})
    assert answer.url.fragment == f"issuecomment-{scene.reply.id}"
    assert "edited by max" in answer.text
    assert scene.comment().body == f"Run `make check`.\n\n{BLOCK}"


def test_the_history_shows_who_changed_what(scene: Scene, reply: str) -> None:
    scene.act_as("max")
    scene.post(f"{reply}/edit", {"body": "Run `make check` twice."})
    page = scene.get(f"{reply}/history")
    assert page.index("max</span>") < page.index("treadle[bot]</span>", page.index("max</span>"))
    assert "make <del>test</del><ins>check</ins>`" in page
    first = scene.comment().revisions[0]
    page = scene.post(f"{reply}/history", {"revision": str(first.id)}).text
    assert "max removed the text of this version" in page
    assert scene.comment().revisions[0].body is None


def test_the_history_of_an_issue(scene: Scene) -> None:
    assert scene.browser.get(f"{THREAD}/history").status_code == 404
    scene.post(f"{THREAD}/edit", {"title": "Tests!", "body": "How are these run?"})
    assert scene.world.issues[scene.issue.id].title == "Tests!"
    assert "<del>they</del><ins>these</ins>" in scene.get(f"{THREAD}/history")


def test_hiding_and_showing(scene: Scene, reply: str) -> None:
    scene.act_as("max")
    page = scene.post(f"{reply}/hide", {"reason": "outdated"}).text
    assert "Hidden as outdated" in page
    assert scene.comment().minimized is not None
    page = scene.post(f"{reply}/show", {}).text
    assert "Hidden as" not in page
    assert scene.comment().minimized is None
    assert scene.post(f"{reply}/hide", {"reason": "boring"}).status_code == 422


def test_deleting(scene: Scene, reply: str) -> None:
    scene.act_as("max")
    answer = scene.post(f"{reply}/delete", {})
    assert answer.url.path == THREAD
    assert scene.reply.id not in scene.world.comments
    assert scene.post(f"{reply}/react", {"content": "+1"}).status_code == 404


def test_closing_and_reopening(scene: Scene) -> None:
    assert "Reopen this issue" in scene.post(f"{THREAD}/state", {"state": "closed"}).text
    assert "Close this issue" in scene.post(f"{THREAD}/state", {"state": "open"}).text
    assert scene.post(f"{THREAD}/state", {"state": "odd"}).status_code == 422


@pytest.mark.parametrize(
    ("action", "form"),
    [
        ("edit", {"body": "mine now"}),
        ("hide", {"reason": "spam"}),
        ("show", {}),
        ("delete", {}),
    ],
)
@pytest.mark.parametrize("login", ["cora", "pat"])
def test_others_may_not_touch_a_reply(
    scene: Scene, reply: str, action: str, form: dict[str, str], login: str
) -> None:
    scene.act_as(login)
    answer = scene.post(f"{reply}/{action}", form)
    assert answer.status_code == 403
    assert "write access" in answer.text
    assert f"You act as {login}" in answer.text
    assert scene.comment() == scene.reply
    assert 'data-action="delete"' not in _post(scene, scene.reply.id)


def test_a_locked_thread_has_no_box(scene: Scene) -> None:
    scene.world.lock_issue(scene.person("olivia"), scene.issue)
    page = scene.get(THREAD)
    assert 'id="comment-form"' not in page
    assert "locked" in page
    assert scene.post(f"{THREAD}/comments", {"body": "x"}).status_code == 403
    scene.act_as("max")
    assert 'id="comment-form"' in scene.get(THREAD)


def test_a_private_repository_is_hidden(scene: Scene) -> None:
    scene.world.update_repository(scene.person("olivia"), scene.repository, private=True)
    scene.act_as("pat")
    assert "olivia/shuttle" not in scene.get("/")
    assert scene.browser.get(THREAD).status_code == 404
    assert scene.post(f"{THREAD}/comments", {"body": "x"}).status_code == 404


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.test", "http://testserver.evil.test", "http://testserver:81"],
)
@pytest.mark.parametrize(
    "path",
    [
        f"{REPO}/issues",
        f"{THREAD}/comments",
        f"{THREAD}/edit",
        f"{THREAD}/state",
        f"{THREAD}/react",
        "/_pages/act-as",
        "/_pages/preview",
        "/_pages/deliveries",
        "comment/edit",
        "comment/react",
        "comment/hide",
        "comment/show",
        "comment/delete",
        "comment/history",
    ],
)
def test_forms_of_other_sites_are_refused(
    scene: Scene, reply: str, path: str, origin: str | None
) -> None:
    scene.act_as("max")
    before = (list(scene.world.issues), list(scene.world.comments), list(scene.world.reactions))
    form = {"title": "t", "body": "b", "state": "closed", "content": "+1", "reason": "spam",
            "login": "pat", "back": "/"}  # fmt: skip
    answer = scene.post(path.replace("comment/", f"{reply}/"), form, origin=origin)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    after = (list(scene.world.issues), list(scene.world.comments), list(scene.world.reactions))
    assert after == before


@pytest.mark.parametrize(
    ("name", "status"),
    [("localhost:81", 200), ("127.0.0.1:81", 200), ("[::1]:81", 200), ("evil.test", 403)],
)
def test_forms_under_a_borrowed_name_are_refused(scene: Scene, name: str, status: int) -> None:
    headers = {"host": name, "origin": f"http://{name}"}
    answer = scene.browser.post("/_pages/preview", data={"body": "x"}, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"body": "x"}', "application/json"),
        (b"a" * (1024 * 1024 + 1), "application/x-www-form-urlencoded"),
        (b"body=\xff", "application/x-www-form-urlencoded"),
        (b"&".join(b"a=%d" % n for n in range(60)), "application/x-www-form-urlencoded"),
    ],
    ids=["json", "too long", "not ascii", "too many"],
)
def test_what_is_no_form_is_refused(scene: Scene, content: bytes, kind: str) -> None:
    headers = {"origin": ORIGIN, "content-type": kind}
    answer = scene.browser.post(f"{THREAD}/comments", content=content, headers=headers)
    assert answer.status_code == 422


def test_acting_as_somebody_is_remembered(scene: Scene) -> None:
    page = scene.get(THREAD)
    options = re.findall(r'<option value="(\w+)"[^>]*>([^<]*)</option>', page)
    assert options[:4] == [
        ("olivia", "olivia (owner)"),
        ("max", "max (maintainer)"),
        ("cora", "cora (contributor)"),
        ("pat", "pat (passer-by)"),
    ]
    assert '<option value="cora" selected>' in page
    answer = scene.post("/_pages/act-as", {"login": "max", "back": f"{THREAD}?edit=issue"})
    assert str(answer.url) == f"{ORIGIN}{THREAD}?edit=issue"
    assert '<option value="max" selected>' in scene.get(THREAD)
    assert scene.post("/_pages/act-as", {"login": "nobody", "back": "/"}).status_code == 404


@pytest.mark.parametrize("back", ["//evil.test/", "https://evil.test/", "/\\evil.test", ""])
def test_switching_leads_nowhere_else(scene: Scene, back: str) -> None:
    answer = scene.post("/_pages/act-as", {"login": "max", "back": back})
    assert str(answer.url) == f"{ORIGIN}/"


def test_the_page_waits_until_the_bot_has_answered() -> None:
    clock = Clock(lambda: 1_700_000_000.0)
    scene = make_scene(clock=clock)
    cora = scene.person("cora")
    # The question of the scene has its answer already, a page of it waits for nothing.
    assert _waiting(scene) == "no"
    clock.advance(600)
    ask = scene.world.create_comment(cora, scene.issue, "/ask And the docs?")
    page = scene.get(THREAD)
    assert "Waiting for the bot" in page
    assert '<meta http-equiv="refresh"' in page
    scene.world.react(scene.bot, ask, "eyes")
    assert "👀 The bot has seen" in scene.get(THREAD)
    scene.world.create_comment(scene.bot, scene.issue, "Run `make docs`.")
    page = scene.get(THREAD)
    assert _waiting(scene) == "no"
    assert "http-equiv" not in page


def test_the_page_does_not_wait_for_what_stands_in_an_issue(scene: Scene) -> None:
    page = scene.post(f"{REPO}/issues", {"title": "T", "body": "/ask not read here"}).text
    assert 'data-waiting="no"' in page


@pytest.mark.parametrize("text", ["no command", "> /ask quoted?", "see /ask"])
def test_the_page_waits_for_commands_alone(text: str) -> None:
    clock = Clock(lambda: 1_700_000_000.0)
    scene = make_scene(clock=clock)
    clock.advance(600)
    scene.world.create_comment(scene.person("cora"), scene.issue, text)
    assert _waiting(scene) == "no"


def test_the_page_does_not_wait_for_ever() -> None:
    clock = Clock(lambda: 1_700_000_000.0)
    scene = make_scene(clock=clock)
    clock.advance(600)
    scene.world.create_comment(scene.person("cora"), scene.issue, "/ask And the docs?")
    assert _waiting(scene) == "yes"
    clock.advance(181)
    assert _waiting(scene) == "no"


def test_the_fragment_comes_only_when_something_is_new(scene: Scene) -> None:
    page = scene.get(THREAD)
    version = re.search(r'data-posts="([^"]+)" data-version="(\w+)"', page)
    assert version is not None
    path = f"{version[1]}?version={version[2]}"
    assert scene.browser.get(path).status_code == 204
    scene.world.react(scene.bot, scene.reply, "eyes")
    fragment = scene.browser.get(path)
    assert fragment.status_code == 200
    assert fragment.text.count("<article") == 3
    assert "<html" not in fragment.text


def test_pull_requests_have_their_own_address(scene: Scene) -> None:
    olivia = scene.person("olivia")
    change = {"docs/rules.md": b"# Rules\n\nNone.\n"}
    scene.world.commit_files(olivia, scene.repository, change, message="m", branch="none")
    pull = scene.world.create_pull(olivia, scene.repository, "No rules", head="none")
    answer = scene.browser.get(f"{REPO}/issues/{pull.number}")
    assert answer.url.path == f"{REPO}/pull/{pull.number}"
    assert "docs/rules.md" in answer.text
    assert '<span class="ins">+None.</span>' in answer.text
    answer = scene.post(f"{REPO}/issues/{pull.number}/comments", {"body": "well"})
    assert answer.url.path == f"{REPO}/pull/{pull.number}"
    assert "No rules" in scene.get(f"{REPO}/pulls")


def test_lists_have_pages(scene: Scene) -> None:
    for n in range(30):
        scene.world.create_issue(scene.person("cora"), scene.repository, f"Title {n}")
    first = scene.get(f"{REPO}/issues")
    assert "Title 29" in first
    assert "Title 4<" not in first
    assert "Title 4<" in scene.get(f"{REPO}/issues?page=2")
    assert "Page 2 of 2" in scene.get(f"{REPO}/issues?page=99")


def test_empty_pages_say_how_to_begin(scene: Scene) -> None:
    scene.post(f"{THREAD}/state", {"state": "closed"})
    assert "/ask How do I run the tests?" in scene.get(f"{REPO}/issues")
    page = scene.post(f"{REPO}/issues", {"title": "New", "body": ""}).text
    link = re.search(r'href="([^"]+\?body=[^"]+)"', page)
    assert link is not None
    filled = scene.get(link[1])
    assert "/ask How do I run the tests?</textarea>" in filled
    assert 'id="hint"' not in filled


def test_an_empty_repository_has_a_page(scene: Scene) -> None:
    scene.world.create_repository("olivia", "bare")
    assert "no files yet" in scene.get("/olivia/bare")
    assert scene.browser.get("/olivia/bare/blob/main/x").status_code == 409


def test_the_dashboard_is_linked_where_there_is_one() -> None:
    assert "What the bot learned" not in make_scene().get("/")
    page = make_scene(dashboard_url="http://127.0.0.1:8081/?token=t").get("/")
    assert '<a id="dashboard-link" href="http://127.0.0.1:8081/?token=t">' in page


def test_deliveries_are_listed_and_sent_again(scene: Scene) -> None:
    scene.world.set_hook("http://127.0.0.1:9/webhooks")
    scene.post(f"{THREAD}/comments", {"body": "news"})
    page = scene.get("/_pages/deliveries")
    assert "issue_comment.created" in page
    (delivery,) = scene.world.deliveries
    page = scene.post("/_pages/deliveries", {"guid": delivery.guid}).text
    assert page.count(f"<code>{delivery.guid}</code>") == 2
    assert scene.post("/_pages/deliveries", {"guid": "none"}).status_code == 404


def _waiting(scene: Scene) -> str:
    found = re.search(r'data-waiting="(\w+)"', scene.get(THREAD))
    assert found is not None
    return found[1]


def _node(scene: Scene) -> str:
    from playground.world import subject_node

    return subject_node(scene.reply)


def _post(scene: Scene, comment_id: int) -> str:
    page = scene.get(THREAD)
    start = page.index(f'id="issuecomment-{comment_id}"')
    return page[start : page.index("</article>", start)]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_a_page_is_not_shown_under_a_borrowed_name(host: str, scene: Scene) -> None:
    answer = scene.browser.get("/olivia/shuttle/issues", headers={"Host": host})
    assert answer.status_code == 403
    assert "only there under the address" in answer.text
