"""Who acts: a person, an installation of the App, the App itself, or nobody known."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The one on whose behalf a request runs.

    Attributes:
        account_id: The person, or the bot user of an installation; None for App JWT and nobody.
        installation_id: Set when a token of an installation was shown.
        permissions: What that token may do (`{"issues": "write"}`); None for a person.
        repository_ids: The repositories that token is narrowed to; None for no narrowing.
        app_id: Set when an App JWT, or a token of the App's installation, was shown.
    """

    account_id: int | None = None
    installation_id: int | None = None
    permissions: Mapping[str, str] | None = None
    repository_ids: tuple[int, ...] | None = None
    app_id: int | None = None

    @property
    def is_app(self) -> bool:
        """Whether an App JWT was shown."""
        return self.app_id is not None and self.installation_id is None

    @property
    def is_installation(self) -> bool:
        """Whether a token of an installation was shown."""
        return self.installation_id is not None

    @property
    def budget(self) -> str:
        """The name under which requests are counted."""
        if self.installation_id is not None:
            return f"installation ID {self.installation_id}"
        if self.app_id is not None:
            return f"app ID {self.app_id}"
        if self.account_id is not None:
            return f"user ID {self.account_id}"
        return "127.0.0.1"


ANONYMOUS = Actor()
