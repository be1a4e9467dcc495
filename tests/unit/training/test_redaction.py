import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.redaction import PLACEHOLDERS, redact

GITHUB = "ghp_" + "a1B2" * 9
STRIPE = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
WORDS = st.sampled_from(
    [
        *(
            "password",
            "secret",
            "=",
            ":",
            '"',
            "`",
            "'",
            "\n",
            " ",
            "hunter22",
            "the",
            "ann@corp.io",
        ),
        *("52.1.2.3", GITHUB, STRIPE, "://u:pa55word@", "AKIAIOSFODNN7EXAMPLE", "[1]", "[", "]"),
        *PLACEHOLDERS,
    ]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('password = "hunter22"', 'password = "[secret]"'),
        ("Put DB_PASSWORD=hunter2 there.", "Put DB_PASSWORD=[secret] there."),
        (f"The token {GITHUB} is mine.", "The token [secret] is mine."),
        (f"Use `{STRIPE}`.", "Use `[secret]`."),
        ("Clone https://ann:p4ssw0rdx@host/x.", "Clone https://ann:[secret]@host/x."),
        ("Write to ann.b@corp.co.uk!", "Write to [email]!"),
        ("It was 52.1.2.3 that asked.", "It was [address] that asked."),
        ("[2] The default `key`: 'x9fk20fjqp1'", "[2] The default `key`: 'x9fk20fjqp1'"),
        (
            "it\n-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefgh\n-----END RSA PRIVATE KEY-----\nis",
            "it\n[private key]\nis",
        ),
        (
            "-----BEGIN PRIVATE KEY-----\n" + "QmFzZTY0" * 8 + "\nThe end.",
            "[private key]\nThe end.",
        ),
    ],
)
def test_what_must_not_be_told_is_named_instead(text: str, expected: str) -> None:
    (found,), count = redact([text])
    assert found == expected
    assert count == (text != expected)


@pytest.mark.parametrize(
    "text",
    [
        "Set `TREADLE_SUPABASE_SERVICE_KEY=` to the key.",
        "The secret: `TREADLE_SECRET` is read.",
        'password = "<password>"',
        "TOKEN=${TOKEN_2} make",
        "secret: get_secret()",
        "The password: 8 characters at least.",
        "git clone git@github.com:o/r.git",
        "mail a@example.com or b@loom.test",
        "It listens on 0.0.0.0:8080, not on 127.0.0.1 or 10.0.0.7.",
        "Since commit `07c7755` the id is 123e4567-e89b-12d3-a456-426614174000.",
        "Version 2.4.1 of @scope/name@1.2.3 and `docs/models.md`.",
    ],
)
def test_documentation_stays(text: str) -> None:
    assert redact([text]) == ([text], 0)


def test_what_is_found_in_one_text_goes_from_all() -> None:
    found, count = redact(['password = "hunter22hunter"', "I typed hunter22hunter.", "hunter22"])
    assert found == ['password = "[secret]"', "I typed [secret].", "hunter22"]
    assert count == 1


def test_a_common_word_goes_only_where_it_is_a_password() -> None:
    found, _ = redact(['password = "test"', "Run the test."])
    assert found == ['password = "[secret]"', "Run the test."]


def test_two_in_one_line() -> None:
    (found,), count = redact([f'password = "hunter22" {GITHUB} by ann@corp.io'])
    assert found == 'password = "[secret]" [secret] by [email]'
    assert count == 3


def test_a_mail_address_is_found_before_digits() -> None:
    assert redact(["ann@corp.io52.1.2.3"]) == (["[email][address]"], 2)


@given(
    st.lists(WORDS.map(str), max_size=12).map("".join), st.lists(WORDS, max_size=12).map("".join)
)
def test_redacting_again_changes_nothing(left: str, right: str) -> None:
    once, _ = redact([left, right])
    assert redact(once) == (once, 0)
    assert all(GITHUB not in text and "ann@corp.io" not in text for text in once)


@pytest.mark.parametrize("text", ["password" + " " * 20_000, "a" * 3000, '"' * 3000, "a@" * 2000])
def test_text_that_detectors_choke_on_is_read_in_pieces(text: str) -> None:
    # One of the library's patterns takes 20 s for 500 spaces, and hours for these.
    assert redact([text]) == ([text], 0)


def test_a_stretch_full_of_secrets_goes_as_a_whole() -> None:
    line = " ".join(f'password = "hunter{at}"' for at in range(20, 40))
    assert redact([line])[0] == ["[secret]"]
