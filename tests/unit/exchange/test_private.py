"""What does not leave the machine: secrets, and people by stated patterns."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.private import unnamed, useless, without_people, without_secrets

from .given import a_row


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask @ann-lee, please.", "Ask @someone, please."),
        ("(@ann) and @ben.", "(@someone) and @someone."),
        ("@dependabot[bot] did", "@someone did"),
        ("Ann Lee (@ann) said", "someone (@someone) said"),
        ("As Dr. Ann Lee (@ann) said", "As someone (@someone) said"),
        ("see [Ann Lee](https://github.com/ann)!", "see [someone]!"),
        ("see https://github.com/ann.", "see someone."),
        ("see http://h/ann, too", "see someone, too"),
        ("Co-authored-by: Ann Lee <[email]>", "Co-authored-by: someone <[email]>"),
        ("Signed-off-by: Ann Lee\nnext", "Signed-off-by: someone\nnext"),
        ("Reviewed by Ann Lee ([@ann](https://h/ann))", "Reviewed by someone ([someone])"),
        ('see [Ann Lee](https://github.com/ann "Ann")', "see [someone]"),
        ("see https://www.github.com/ann", "see someone"),
        ("> Co-authored-by: Ann Lee", "> Co-authored-by: someone"),
        ("cc @ann_corp", "cc @someone"),
        ("cc @ann/@ben", "cc @someone"),
        ("_@ann_ and __@ben__", "_@someone_ and __@someone__"),
        ("谢谢@ann，@ben谢谢", "谢谢@someone，@someone谢谢"),
        (r"\`@ann\`", r"\`@someone\`"),
        (".@ann said", ".@someone said"),
        ("@ann.Thanks", "@someone.Thanks"),
        ("```foo``` is it\nas @ann says", "```foo``` is it\nas @someone says"),
        ("```\n@decorator\n```\n@ben", "```\n@decorator\n```\n@someone"),
        # These are no people.
        ("@org/team and @types/node", None),
        ("mail@host and a@b", None),
        ("@pytest.fixture", None),
        ("`@ann` and ``@ben``", None),
        ("```\n@decorator\n```", None),
        ("~~~py\n@decorator\ndef f(): ...", None),
        ("https://github.com/ann/loom", None),
        ("https://github.com/settings", None),
        ("http://h/ann/loom/issues/3#issuecomment-30", None),
        ("Ann Lee said so.", None),
        ("The Treadle App answers.", None),
    ],
)
def test_people_go_by_patterns(text: str, left: str | None) -> None:
    assert unnamed(text, ("github.com", "h")) == (text if left is None else left)


@given(st.text(st.sampled_from("@aB-._/`~\n[]()<> :") | st.characters(), max_size=60))
def test_taking_people_out_again_changes_nothing(text: str) -> None:
    once = unnamed(text)
    assert unnamed(once) == once


@pytest.mark.parametrize("text", ["A" * 60_000, "`" * 60_000, "[" * 60_000, "A b@" * 15_000])
def test_long_texts_without_people_stay(text: str) -> None:
    assert unnamed(text) == text


def test_hosts_are_those_of_the_row() -> None:
    row = a_row("See http://h/ann.", "See http://i/ann.")
    clean = without_people(row)
    assert (clean.chosen, clean.rejected) == ("See someone.", "See http://i/ann.")
    assert (clean.people, clean.urls) == ((), row.urls)


THREAD = "https://ghe.dev/ann/loom/issues/3#issuecomment-1234567890"


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        (THREAD, True),
        ("https://docs.dev/config", True),
        ("https://github.com/ann/loom/pull/3#discussion_r12", True),
        ("https://github.com/ann", False),
        ("https://github.com/ann/", False),
        ("https://ghe.dev/ann", False),
        ("https://docs.dev/(@ann)", False),
    ],
)
def test_addresses_of_people_go_with_them(url: str, stays: bool) -> None:
    row = a_row(urls=(THREAD, url))
    assert without_people(row).urls == ((THREAD, url) if stays else (THREAD,))
    assert without_secrets(row)[0].urls == row.urls


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"urls": ("https://ann:pass@docs.dev/",)}, {"urls": ()}),
        ({"urls": ("https://docs.dev/a?token=x#me",)}, {"urls": ("https://docs.dev/a",)}),
        ({"urls": ("https://docs.dev/~ann@loom.dev/",)}, {"urls": ()}),
        ({"urls": (THREAD, f"https://docs.dev/{'ghp_' + 'a1B2' * 9}")}, {"urls": (THREAD,)}),
        ({"people": ("ann", "AKIAZ7VWX2Q4T5Y6B3CD")}, {"people": ("ann",)}),
    ],
)
def test_secrets_go_from_addresses_and_logins(given: dict[str, Any], left: dict[str, Any]) -> None:
    assert without_secrets(a_row(**given))[0] == a_row(**{**given, **left})


def test_secrets_go_whoever_asks() -> None:
    token = "ghp_" + "a1B2" * 9
    clean, found = without_secrets(a_row(f"Set TOKEN={token}.", "Mail ann@loom.dev."))
    assert token not in clean.chosen and "ann@" not in clean.rejected
    assert found == 2


def test_a_pair_that_differed_in_a_secret_alone_is_useless() -> None:
    first, second = "ghp_" + "a1B2" * 9, "ghp_" + "c3D4" * 9
    clean, _ = without_secrets(a_row(f"Use {first} now.", f"Use {second} now."))
    assert useless(clean)
    assert not useless(a_row())
