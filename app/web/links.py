"""Links to GitHub, and to nowhere else; and the dashboard's own paths that several pages name."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from app.domain import Passage, Repository


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """Makes and checks addresses of one GitHub.

    `web_url` is the address of its pages, without a slash at its end.
    """

    web_url: str

    def safe(self, url: str) -> str:
        """Returns the address as it is where it leads to this GitHub; "" where it does not."""
        try:
            parts, home = urlsplit(url), urlsplit(self.web_url)
        except ValueError:
            return ""
        ours = parts.scheme in ("http", "https") and (parts.scheme, parts.netloc) == (
            home.scheme,
            home.netloc,
        )
        # Backslashes and control characters are read differently by different browsers.
        plain = url.isascii() and url.isprintable() and not set(url) & set('\\"<> ')
        return url if ours and plain else ""

    def repository(self, repository: Repository) -> str:
        """Returns the page of a repository."""
        return f"{self.web_url}/{quote(repository.full_name)}"

    def comment(self, repository: Repository, number: int, comment_id: int) -> str:
        """Returns the address of a comment; threads of pull requests are reached by it too."""
        return f"{self.repository(repository)}/issues/{number}#issuecomment-{comment_id}"

    def source(self, repository: Repository, passage: Passage, commit: str) -> str:
        """Returns where a source of an answer stands: lines at a commit, or a comment."""
        if not passage.path:
            return self.safe(passage.url)
        place = f"{self.repository(repository)}/blob/{quote(commit)}/{quote(passage.path)}"
        return f"{place}#L{passage.start_line}-L{passage.end_line}"


def tried_path(repository_id: int, comment_id: int, command_key: str) -> str:
    """Returns the dashboard's page of what was tried for an ask."""
    return f"/repositories/{repository_id}/asks/{comment_id}/{quote(command_key, safe='')}"
