"""What a page gets and gives: who looks at it, what was asked for, and what is to be shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.actors import Actor
from playground.errors import NotFound
from playground.values import ROLES, Account, Repository
from playground.world import World

ROLE_WORDS = {
    "admin": "owner",
    "maintain": "maintainer",
    "write": "writer",
    "triage": "triager",
    "read": "contributor",
    "none": "passer-by",
}
SETTINGS = ("/settings/", "/organizations/", "/apps/")
"""What the paths of settings begin with."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An account that one can act as, and the word for what it may do."""

    login: str
    word: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """A template with its values.

    `leads_to` is the origin of another site that a form of the page may end on.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    leads_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """Go there with GET; `login` is remembered as the one to act as."""

    to: str
    login: str | None = None


@dataclass(frozen=True, kw_only=True)
class Empty:
    """Nothing new since the version that the page has."""


Result = Page | Redirect | Empty


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A request for a page.

    Attributes:
        params: What the path holds; numbers are ints.
        path: The path with its query, to come back to.
        form: The fields that were sent, each once; line ends are `\\n`.
        login: The account that the cookie names; "" where there is none.
    """

    world: World
    params: Mapping[str, Any]
    query: Mapping[str, str]
    form: Mapping[str, str]
    path: str
    login: str

    @property
    def person(self) -> Account | None:
        """The account that the visitor acts as: the chosen one, else a modest one.

        In settings it is else the first, whom the playground was started with: an owner, with
        something to install an App on.
        """
        people = people_of(self.world)
        for account in people:
            if account.login.lower() == self.login.lower():
                return account
        if people and self.path.startswith(SETTINGS):
            return people[0]
        owners = {value.owner_id for value in self.world.repositories}
        owners |= {one for value in self.world.accounts for one in value.owner_ids}
        # Whoever begins had best be neither owner nor a stranger: asking is for everybody,
        # and what only a maintainer may do is a switch away.
        return min(
            people,
            key=lambda one: (one.id in owners, _strength(self.world, one) or len(ROLES)),
            default=None,
        )

    @property
    def account(self) -> Account:
        """The account that the visitor acts as.

        Raises:
            NotFound: there is no account at all.
        """
        person = self.person
        if person is None:
            raise NotFound
        return person

    @property
    def actor(self) -> Actor:
        """The visitor as one who acts; nobody where there is no account at all."""
        person = self.person
        return Actor(account_id=None if person is None else person.id)

    def repository(self) -> Repository:
        """The repository of the path, as the visitor sees it.

        Raises:
            NotFound: absent, or hidden from the visitor.
        """
        return self.world.repository(self.actor, self.params["owner"], self.params["repo"])

    def base(self, repository: Repository) -> str:
        """The path of a repository's pages."""
        return f"/{self.world.full_name(repository)}"

    def field(self, name: str) -> str:
        """A field of the form; "" where it was not sent."""
        return self.form.get(name, "")


Handler = Callable[[Visit], Result]


def people_of(world: World) -> list[Account]:
    """Everybody that one can act as."""
    return [account for account in world.accounts if account.kind == "User"]


def _strength(world: World, account: Account) -> int:
    """The strongest role given to an account anywhere; 0 for none."""
    given = (value.roles.get(account.id, "none") for value in world.repositories)
    return max((ROLES.index(role) for role in given), default=0)


def word_of(world: World, repository: Repository, account: Account) -> str:
    """What an account is to a repository, in a word."""
    if account.kind == "Bot":
        return "app"
    owner = world.accounts[repository.owner_id]
    if account.id == owner.id or account.id in owner.owner_ids:
        return "owner"
    return ROLE_WORDS[repository.roles.get(account.id, "none")]


def standings(world: World, repository: Repository | None) -> list[Standing]:
    """Everybody that one can act as, the strongest first where a repository is in view."""
    people = people_of(world)
    if repository is None:
        return [Standing(login=account.login, word="") for account in people]
    order = tuple(ROLE_WORDS.values())
    found = [
        Standing(login=account.login, word=word_of(world, repository, account))
        for account in people
    ]
    return sorted(found, key=lambda one: order.index(one.word))


def number(text: str, default: int = 1) -> int:
    """A positive number of a query; the default where it is none."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else default
