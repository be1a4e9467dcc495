"""A world for the tests of the pages: one public repository with four people and the App."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.actors import Actor
from playground.clock import Clock
from playground.pages import create_pages
from playground.values import Comment, Issue, Repository
from playground.world import World

ORIGIN = "http://testserver"
FILES = {
    "README.md": b"# Shuttle\n\nSee [the rules](docs/rules.md#two)\nand <b>run</b> it.\n",
    "docs/rules.md": b"# Rules\n\n## Two\n\n<script>alert(1)</script>\n",
    "logo.png": b"\x89PNG\0\0",
}
BLOCK = '<!-- treadle {"secret":"in the block"} k1 abc -->'


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The world and what is in it; `browser` keeps cookies and follows redirects."""

    world: World
    repository: Repository
    issue: Issue
    reply: Comment
    bot: Actor
    browser: TestClient

    def person(self, login: str) -> Actor:
        """Somebody who acts."""
        return self.world.person(login)

    def act_as(self, login: str) -> None:
        """Switches the account."""
        answer = self.post("/_pages/act-as", {"login": login, "back": "/"})
        assert answer.status_code == 200

    def get(self, path: str) -> str:
        """A page that must be there."""
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, form: Mapping[str, str], *, origin: str | None = ORIGIN):
        """Sends a form as a browser does."""
        headers = {} if origin is None else {"origin": origin}
        return self.browser.post(path, data=form, headers=headers)

    def comment(self) -> Comment:
        """The bot's reply as it is now."""
        return self.world.comments[self.reply.id]


def make_scene(*, clock: Clock | None = None, dashboard_url: str | None = None) -> Scene:
    """Builds the scene: olivia owns, max maintains, cora contributes, pat passes by."""
    world = World(clock=clock)
    for login in ("olivia", "max", "cora", "pat"):
        world.create_user(login)
    world.register_app(slug="treadle", owner="olivia", public_key_pem="", webhook_secret="s")
    bot = world.bot(world.install("olivia"))
    world.web_url = ORIGIN
    repository = world.create_repository("olivia", "shuttle", files=FILES)
    repository = world.set_role(repository, "max", "maintain")
    repository = world.set_role(repository, "cora", "read")
    cora = world.person("cora")
    issue = world.create_issue(cora, repository, "Tests?", "How are they run?")
    world.create_comment(cora, issue, "/ask How do I run the tests?")
    reply = world.create_comment(bot, issue, f"Run `make test`.\n\n{BLOCK}")
    app = Starlette(routes=create_pages(world, dashboard_url))
    browser = TestClient(app, base_url=ORIGIN)
    return Scene(
        world=world, repository=repository, issue=issue, reply=reply, bot=bot, browser=browser
    )


def visible(page: str) -> str:
    """The text of a page without its tags and without what "View source" holds."""
    page = re.sub(r"<pre tabindex=\"0\">.*?</pre>", "", page, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", page)
