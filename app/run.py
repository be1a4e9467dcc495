"""`treadle run` and `treadle playground`: a local GitHub to try things on."""

import functools
import secrets
import time
from pathlib import Path

import typer

from app.errors import UserError
from app.local import Processes, bot_environment, free_port, stop_in_order
from app.models.needs import require_model
from app.models.present import Present
from app.settings import load
from playground.code import from_directory
from playground.keys import kept_private_key
from playground.pages import create_pages
from playground.server import SLUG, Playground
from playground.values import Role

ROOT = Path(__file__).resolve().parent.parent
OWN_TEXT = (
    "*.md",
    "docs/**/*.md",
    "prompts/**/*.md",
    "app/**/*.py",
    "playground/*.py",
    "Makefile",
    "pyproject.toml",
    "app.yml",
    ".github/treadle.yml",
)
"""What of this project the sample repository is made of."""

OWNER, NAME = "olivia", "treadle"
ORGANISATION = "weavers"
"""Owned by the same person, so that an App can be made for an organisation too."""
PEOPLE: dict[str, Role] = {"max": "maintain", "cora": "read", "pat": "none"}
"""Who can be acted as beside the owner: maintainer, contributor and passer-by."""


def run_all(*, port: int, data: Path, model: str | None = None) -> int:
    """Starts playground and bot and stays until it is interrupted; returns the exit status.

    Args:
        port: of the playground's pages.
        data: folder that playground and bot keep their data in.
        model: which model answers; what the environment says where None.

    Raises:
        ConfigError: the settings of the model are wrong, or it lacks packages.
    """
    typer.echo("Starting the playground and the bot …")
    stop_in_order()
    web, admin, token = free_port(), free_port(), secrets.token_urlsafe(24)
    playground = _playground(
        port=port, data=data, dashboard_url=f"http://127.0.0.1:{admin}/?token={token}"
    )
    playground.set_hook(f"http://127.0.0.1:{web}/webhooks")
    environment = bot_environment(
        playground,
        data=data / "bot",
        port=web,
        admin_port=admin,
        admin_token=token,
        model=model,
    )
    settings = load(environment)
    require_model(settings)
    answers = Present(settings)
    try:
        with playground:
            _furnish(playground)
            with Processes(environment, data / "bot") as processes:
                typer.echo(
                    f"\nOpen  {playground.url}/{OWNER}/{NAME}/issues\n\n"
                    "In another terminal, why a reply says what it says:\n"
                    f"  TREADLE_DATA_DIR={data / 'bot'} .venv/bin/treadle why REPLY_URL\n\n"
                    f"Answers are by {answers.name}. {answers.note}".rstrip()
                    + "\n"
                    "Ctrl-C ends it."
                )
                while True:
                    time.sleep(1)
                    processes.check()
    except KeyboardInterrupt:
        typer.echo("\nStopped.")
    return 0


def run_playground(*, port: int, data: Path | None, with_app: bool = True) -> int:
    """Starts only the playground, with what a bot needs to work on it written to its folder.

    Args:
        port: of the playground's pages.
        data: folder that it keeps its data in; it forgets them where None.
        with_app: whether an App is registered and installed; without one, a bot's page that
            sets it up can make it, as on GitHub.
    """
    playground = _playground(port=port, data=data, dashboard_url=None, with_app=with_app)
    _furnish(playground)
    typer.echo(f"Open  {playground.url}/{OWNER}/{NAME}/issues")
    if not with_app:
        typer.echo(
            "No App is registered here. A bot makes one on its page for that:\n"
            f"  TREADLE_GITHUB_API_URL={playground.api_url} TREADLE_MODEL=extract "
            ".venv/bin/treadle serve\n"
            f"Channels of a webhook proxy are at {playground.url}/smee/new"
        )
    elif data is not None:
        typer.echo(
            "A bot works on it with these settings:\n"
            f"  TREADLE_GITHUB_API_URL={playground.api_url}\n"
            f"  TREADLE_APP_ID={playground.app_id}\n"
            f"  TREADLE_PRIVATE_KEY_FILE={data / 'playground.pem'}\n"
            f"  TREADLE_WEBHOOK_SECRET={playground.webhook_secret}"
        )
    playground.serve_here()
    return 0


def _playground(
    *, port: int, data: Path | None, dashboard_url: str | None, with_app: bool = True
) -> Playground:
    pages = functools.partial(create_pages, dashboard_url=dashboard_url)
    slug = SLUG if with_app else None
    try:
        if data is None:
            return Playground(port=port, pages=pages, slug=slug)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Playground(
            path=data / "playground.db",
            port=port,
            private_key_pem=kept_private_key(data / "playground.pem"),
            hook_url="http://127.0.0.1:8080/webhooks",
            pages=pages,
            slug=slug,
        )
    except OSError as error:
        raise UserError(
            f"port {port} or the folder {data or 'of the playground'} cannot be used "
            f"({error.strerror}): choose "
            "others with --port and --data"
        ) from error


def _furnish(playground: Playground) -> None:
    """Puts the sample repository, its people and the App there where they are not yet."""
    world = playground.world
    for login in PEOPLE:
        world.create_user(login)
    account = world.account(OWNER)
    world.create_organization(ORGANISATION, owners=(OWNER,))
    if world.repositories.of((account.id, NAME)):
        return
    files = from_directory(ROOT, OWN_TEXT)
    if "README.md" not in files:
        raise UserError("the sample repository is this project's own text: run it in a clone")
    repository = world.create_repository(
        OWNER, NAME, files=files, description="Answers /ask and learns from votes and edits"
    )
    for login, role in PEOPLE.items():
        repository = world.set_role(repository, login, role)
    if world.apps:
        playground.install(OWNER)
