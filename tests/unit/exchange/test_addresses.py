"""What is left of an address, and which is of a GitHub."""

import pytest

from app.exchange.addresses import bare, github_of

PAGE = "https://github.com/ann/loom/issues/3"


@pytest.mark.parametrize(
    ("address", "left"),
    [
        (f"{PAGE}#issuecomment-12", None),
        (f"{PAGE}#issue-12", None),
        ("https://github.com/ann/loom/pull/3#discussion_r12", None),
        ("https://github.com/ann/loom/pull/3#pullrequestreview-12", None),
        ("https://github.com/ann/loom/discussions/3#discussioncomment-12", None),
        ("http://127.0.0.1:8080/ann/loom/issues/3", None),
        ("http://h", None),
        ("https://de.wikipedia.org/wiki/K\u00f6ln", None),
        (f"{PAGE}?token=s3cret#issuecomment-12", f"{PAGE}#issuecomment-12"),
        (f"{PAGE}#access_token=s3cret", PAGE),
        (f"{PAGE}#issuecomment-12?a=b", PAGE),
        ("http://h?q", "http://h"),
        ("http://h#q", "http://h"),
        # None of these.
        ("https://ann:pass@github.com/", ""),
        ("https://ann@github.com/", ""),
        ("https://github.com\\@evil.dev/", ""),
        ("ftp://h/", ""),
        ("javascript:alert(1)", ""),
        ("http://", ""),
        ("http:///path", ""),
        ("http://h/a b", ""),
        ("http://h/\x07", ""),
        ("http://h/\u202eb", ""),
        (" http://h/", ""),
    ],
)
def test_addresses_say_where_something_stands(address: str, left: str | None) -> None:
    assert bare(address) == (address if left is None else left)
    assert bare(bare(address)) == bare(address)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (PAGE, "github.com"),
        (f"{PAGE}#issuecomment-12", "github.com"),
        ("http://GHE.dev:8080/ann/loom/pull/3", "ghe.dev:8080"),
        ("https://docs.dev/config", ""),
        ("https://docs.dev/a/b/issues", ""),
        ("https://docs.dev/a/b/issues/3rd", ""),
    ],
)
def test_threads_tell_a_github(address: str, host: str) -> None:
    assert github_of(address) == host
