"""The example of GitHub's documentation, and what must not pass."""

import pytest

from app.webhooks.signature import sign, verifies

SECRET = b"It's a Secret to Everybody"
BODY = b"Hello, World!"
DOCUMENTED = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_documented_example() -> None:
    assert sign(SECRET, BODY) == DOCUMENTED
    assert verifies(SECRET, BODY, DOCUMENTED)


@pytest.mark.parametrize(
    ("secret", "body", "header"),
    [
        pytest.param(SECRET, BODY, None, id="missing"),
        pytest.param(SECRET, BODY, "", id="empty"),
        pytest.param(SECRET, BODY, DOCUMENTED.removeprefix("sha256="), id="no prefix"),
        pytest.param(SECRET, BODY, DOCUMENTED.replace("sha256", "sha1"), id="other prefix"),
        pytest.param(SECRET, BODY, DOCUMENTED[:-1] + "8", id="last digit"),
        pytest.param(SECRET, BODY, DOCUMENTED[:-1], id="shortened"),
        pytest.param(SECRET, BODY, DOCUMENTED.upper(), id="upper case"),
        pytest.param(SECRET, BODY, "sha256=é\udcff", id="not ascii"),
        pytest.param(SECRET, BODY + b"\n", DOCUMENTED, id="another body"),
        pytest.param(b"other", BODY, DOCUMENTED, id="another secret"),
    ],
)
def test_what_does_not_belong_does_not_verify(
    secret: bytes, body: bytes, header: str | None
) -> None:
    assert not verifies(secret, body, header)


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        sign(b"", BODY)
