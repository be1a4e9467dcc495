"""The check list of setting up, from the App to the first answer, one finding a step.

It is asked for often while somebody sets up, so what was found is kept: for a minute where all
is well, for some seconds where something is still to be done, and for good where it cannot
change any more.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from app.checks import app as about_app
from app.checks import here, webhook
from app.checks.finding import Finding
from app.errors import ConfigError, LackingError, TreadleError
from app.github.about import About, AppAbout, InstallationAbout, about
from app.github.errors_of import BadRequest
from app.models.present import Present
from app.ports.clock import Clock
from app.settings import Settings
from app.store import Store

REACHED_PART = "App reached"
TIMEOUT = 5.0
"""Seconds that one request to GitHub may take here."""
MOST_COUNTED = 5
"""Installations whose repositories are counted, a request each."""
KEPT_WELL, KEPT_WORKER, KEPT_OPEN, FOR_GOOD = 60.0, 10.0, 4.0, float("inf")
"""Seconds that findings are kept."""
_BECAME = "what became of webhooks, so that missed ones are not asked for again"
_UNASKED = "not asked before the App is reached"


def now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


@dataclass(kw_only=True, slots=True)
class _Step:
    """Findings that are made together; `kept` is for how long when all are well."""

    look: Callable[[], Sequence[Finding]]
    kept: float = KEPT_WELL
    found: Sequence[Finding] = ()
    until: float = 0.0


class Onboarding:
    """The steps of one App, each looked at when it is due. May be used by many threads."""

    def __init__(
        self,
        settings: Settings,
        store: Store | None,
        *,
        model: Present | None = None,
        github: About | None = None,
        clock: Clock = now,
    ) -> None:
        """Prepares the steps; nothing is sent yet.

        Args:
            settings: with an App set.
            store: migrated; without one its steps are left out.
            model: the process's own; without one that step is left out.
            github: instead of the one that the settings name, for tests.
            clock: the time that deliveries and signs of life are compared with.

        Raises:
            ConfigError: the App's id or key is missing or cannot be used.
        """
        self._settings = settings
        self._clock = clock
        self._github = github or about(settings, timeout=TIMEOUT)
        self._app: AppAbout | None = None
        self._lock = threading.Lock()
        self._steps = [_Step(look=self._of_app), _Step(look=self._of_webhook)]
        if model is not None:
            self._steps.append(_Step(look=lambda: [here.model(model, settings)], kept=FOR_GOOD))
        if store is not None:
            self._steps += [
                _Step(look=lambda: [here.worker(store, settings, clock())], kept=KEPT_WORKER),
                _Step(look=lambda: [here.first_question(store)], kept=FOR_GOOD),
            ]

    def close(self) -> None:
        """Closes the connections to GitHub."""
        self._github.close()

    def findings(self) -> Iterator[Finding]:
        """Goes through the steps; each is told as soon as it is known.

        What was found lately is told again without asking anybody.
        """
        for step in self._steps:
            with self._lock:
                if time.monotonic() >= step.until:
                    step.found = step.look()
                    well = all(finding.state == "ok" for finding in step.found)
                    step.until = time.monotonic() + (step.kept if well else KEPT_OPEN)
                found = step.found
            yield from found

    def _of_app(self) -> Sequence[Finding]:
        self._app = None
        web_url = self._settings.web_url
        try:
            self._app = app = self._github.app()
        except (TreadleError, BadRequest) as error:
            return [_unreached(error, self._settings), *map(_skipped, _OF_APP)]
        told = f"{self._settings.github_api_url} knows it as {app.slug}[bot]"
        found = [Finding(part=REACHED_PART, state="ok", told=told)]
        try:
            installations = self._github.installations()
        except (TreadleError, BadRequest) as error:
            lists = _untold(about_app.INSTALLED_PART, "where the App is installed", error)
            return [
                *found,
                about_app.permissions(app, (), web_url),
                about_app.events(app, web_url),
                lists,
            ]
        return [
            *found,
            about_app.permissions(app, installations, web_url),
            about_app.events(app, web_url),
            about_app.installed(app, installations, self._counted(installations)),
        ]

    def _counted(self, installations: Sequence[InstallationAbout]) -> dict[int, int]:
        counts = {}
        live = [one for one in installations if one.suspended_at is None]
        for one in live[:MOST_COUNTED]:
            # A count is only told; that it cannot be had is no fault.
            with suppress(TreadleError, BadRequest):
                counts[one.id] = self._github.repositories(one.id)
        return counts

    def _of_webhook(self) -> Sequence[Finding]:
        if self._app is None:
            return [_skipped(webhook.ADDRESS_PART), _skipped(webhook.DELIVERED_PART)]
        local = urlsplit(self._settings.github_api_url).hostname in _LOCAL
        page = about_app.settings_page(self._app, self._settings.web_url)
        channel = self._settings.webhook_proxy.get_secret_value()
        try:
            hook = self._github.hook()
            address = webhook.address(hook, local=local, page=page, channel=channel)
        except (TreadleError, BadRequest) as error:
            address = _untold(webhook.ADDRESS_PART, "where webhooks are sent", error)
        try:
            deliveries = self._github.deliveries()
            delivered = webhook.delivered(deliveries, self._clock(), proxied=bool(channel))
        except (TreadleError, BadRequest) as error:
            delivered = _untold(webhook.DELIVERED_PART, _BECAME, error)
        return [address, delivered]


_OF_APP = (about_app.PERMISSION_PART, about_app.EVENT_PART, about_app.INSTALLED_PART)
_LOCAL = {"127.0.0.1", "::1", "localhost"}


def _skipped(part: str) -> Finding:
    return Finding(part=part, state="skipped", told=_UNASKED)


def _untold(part: str, what: str, error: Exception) -> Finding:
    """Says that GitHub did not tell something that nothing depends on."""
    if isinstance(error, LackingError):
        return Finding(part=part, state="skipped", told=f"this GitHub does not tell {what}")
    told = f"GitHub could not be asked {what}: {error}"
    return Finding(part=part, state="fault", told=told, remedy="try again in a moment")


def _unreached(error: Exception, settings: Settings) -> Finding:
    """Says why the App could not be reached."""
    part = REACHED_PART
    if isinstance(error, ConfigError):
        return Finding(part=part, state="fault", told="; ".join(error.faults))
    if isinstance(error, LackingError):
        return Finding(
            part=part,
            state="fault",
            told=f"{settings.github_api_url} knows no App of the id {settings.app_id}",
            remedy="TREADLE_APP_ID stands on the App's page; TREADLE_GITHUB_API_URL has to be "
            "the REST address of the GitHub that has the App",
        )
    remedy = "check the network, HTTPS_PROXY and TREADLE_GITHUB_API_URL"
    return Finding(part=part, state="fault", told=str(error), remedy=remedy)
