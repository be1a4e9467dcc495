"""From no App to the first answer: the page that makes one, and the steps after it."""

import ipaddress
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime

import structlog
import uvicorn

from app import credentials
from app.app_settings import kept
from app.checks import Finding, Onboarding
from app.checks.here import FIRST_PART
from app.credentials import Credentials
from app.errors import UserError
from app.github.manifest import convert
from app.proxy import PART, Proxy, channel_of, finding
from app.settings import Settings
from app.web.setup_pages import create_setup
from app.web.setup_steps import SetUp

log = structlog.get_logger()

LAST_WORDS = 2
"""Seconds that connections have to end once the App is made; the next server waits for them."""


def set_up(settings: Settings, admin: socket.socket, token: str) -> Settings:
    """Serves the page that makes an App, until there is one; returns the settings with it.

    Args:
        settings: without an App.
        admin: what the dashboard will listen on. It goes on listening, so that the browser that
            made the App finds the next server there.
        token: opens the page, and the dashboard after it.
    """

    def made() -> None:
        server.should_exit = True

    app = create_setup(settings, token, Registrar(settings), made=made, clock=_now)
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=LAST_WORDS
        )
    )
    # Said on the terminal, not logged: the address carries a token that is new. One that is set
    # is known, and would lie in the journal or in a container's log for ever.
    query = "" if settings.admin_token.get_secret_value() else f"?token={token}"
    print(  # noqa: T201
        "No GitHub App is set. Open this address to make one; Ctrl-C ends it.\n\n"
        f"  http://{settings.admin_host}:{admin.getsockname()[1]}/setup{query}\n\n"
        "Once it is made, this process goes on by itself: it takes webhooks and answers, with a "
        "worker in it. From then on start it as `treadle serve --with-worker`.",
        flush=True,
    )
    # The server closes what it listened on.
    server.run([admin.dup()])
    given = {"webhook_proxy"} if settings.webhook_proxy.get_secret_value() else ()
    return settings.model_copy(update=kept(settings, given))


class Registrar:
    """Makes channels, and keeps the App that GitHub made."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def ready(self) -> None:
        """Raises UserError where an App's keys could not be kept."""
        folder = self._settings.data_dir
        if (folder / credentials.FILE).exists():
            raise UserError(_there(self._settings))
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise UserError(
                f"{folder} cannot be written ({error.strerror}): let this user write there, or "
                "set TREADLE_DATA_DIR to another folder"
            ) from error

    def channel(self, address: str) -> str:
        """Returns a channel, as `channel_of` does."""
        return channel_of(address, timeout=self._settings.github_timeout)

    def register(self, code: str, channel: str) -> None:
        """Exchanges a code for an App's keys, and keeps these.

        Raises:
            UserError: GitHub does not take the code, or the keys cannot be kept.
            TransientError: GitHub cannot be reached; the code may still be good.
        """
        api_url = self._settings.github_api_url
        app = convert(api_url, code, timeout=self._settings.github_timeout)
        lost = f"; delete {app.html_url} on GitHub and begin again"
        try:
            credentials.keep(
                self._settings.data_dir,
                Credentials(
                    app_id=app.id,
                    slug=app.slug,
                    name=app.name,
                    html_url=app.html_url,
                    github_api_url=api_url,
                    private_key=app.pem,
                    webhook_secret=app.webhook_secret,
                    webhook_proxy=channel,
                ),
            )
        except FileExistsError as error:
            raise UserError(_there(self._settings) + lost) from error
        except OSError as error:
            raise UserError(f"The App's keys could not be kept: {error.strerror}{lost}") from error
        log.info("app.made", app=app.id, slug=app.slug)


def proxy_client(settings: Settings, webhooks: socket.socket) -> Proxy | None:
    """Makes the client of the webhook proxy that is set; None where GitHub reaches this machine.

    Args:
        settings: with an App.
        webhooks: what this process listens on for them, and where alone deliveries go.
    """
    channel = settings.webhook_proxy.get_secret_value()
    if not channel:
        return None
    host, port = webhooks.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    place = f"[{host}]" if ":" in host else host
    return Proxy(
        channel,
        f"http://{place}:{port}/webhooks",
        secret=settings.webhook_secret.get_secret_value().encode(),
        max_body_bytes=settings.max_body_bytes,
    )


def steps_of(settings: Settings, onboarding: Onboarding, proxy: Proxy | None) -> SetUp:
    """Returns what `/setup` shows of the steps to the first answer."""

    def findings() -> Iterator[Finding]:
        if proxy is None:
            yield from onboarding.findings()
            return
        found = list(onboarding.findings())
        worked = any(one.part == FIRST_PART and one.state == "ok" for one in found)
        for one in found:
            # GitHub knows only that the proxy took what it sent.
            yield finding(proxy.standing, worked=worked) if one.part == PART else one

    notes = []
    if note := credentials.passed_over(settings.data_dir, settings.app_id):
        log.warning("app.passed_over", kept=credentials.FILE, app=settings.app_id)
        notes.append(note)
    if proxy is not None:
        notes.append(
            f"Webhooks come by {proxy.standing.host}, which is somebody else's server: it is good "
            "for trying out. docs/github.md says how to change to a public address."
        )
    return SetUp(findings=findings, notes=notes)


def _there(settings: Settings) -> str:
    path = settings.data_dir / credentials.FILE
    return f"{path} keeps an App already, and is not overwritten: move it away to make another"


def _now() -> datetime:
    return datetime.now(UTC)
