import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.redaction import PLACEHOLDERS, _detectors, redact

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


TOKENS = {
    "AWSKeyDetector": ["AKIA" + "Q7RW" * 4],
    "ArtifactoryDetector": ["AKC" + "p8Zu4wX" * 9],
    "DiscordBotTokenDetector": ["MT" + "k4NzIy" * 4 + ".Cl2FMQ." + "h9Kw3xQ" * 3 + "p5Rt7y"],
    "GitHubTokenDetector": [GITHUB],
    "GitLabTokenDetector": [
        *(f"{kind}-" + "x9Kf3Qw7Lm" * 2 for kind in ("glpat", "gldt", "glft", "glsoat", "glrt")),
        "glcbt-64_" + "x9Kf3Qw7Lm" * 2,
        "glptt-" + "x9Kf3Qw7Lm" * 4,
    ],
    "JwtTokenDetector": [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVP-mB92K27uhbU",
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIi7x" * 120 + ".dBjftJeZ4CVP-mB92K27uhbU",
    ],
    "MailchimpDetector": ["9f3a7c1e" * 4 + "-us12"],
    "OpenAIDetector": ["sk-" + "x9Kf3Qw7Lm" * 2 + "T3BlbkFJ" + "x9Kf3Qw7Lm" * 2],
    "PypiTokenDetector": ["pypi-AgEIcHlwaS5vcmc" + "x9Kf3Qw7Lm" * 8],
    "SendGridDetector": ["SG." + "x9Kf3Qw7Lmz" * 2 + "." + "x9Kf3Qw7Lm" * 4 + "abc"],
    "SlackDetector": ["xoxb-2172341-9923412-" + "k3j4h5g6"],
    "SquareOAuthDetector": ["sq0csp-" + "x9Kf3Qw7Lm" * 4 + "abc"],
    "StripeDetector": [STRIPE],
    "TelegramBotTokenDetector": ["110201543:" + "x9Kf3Qw" * 5],
    "TwilioKeyDetector": ["AC" + "9f3a7c1e" * 4],
    "of this module": [
        "github_pat_" + "x9Kf3Qw7Lmz" * 2 + "_" + "x9Kf3Qw7Lm" * 5,
        "sb_secret_" + "x9Kf3Qw7Lm" * 2 + "_x9Kf3Qw7",
        "npm_" + "x9Kf3Qw7Lm" * 3 + "abcdef",
        "hf_" + "xKfQwLmRtYuIoPasD" * 2,
        "AIza" + "Sy9-3Qw" * 5,
        "sk-ant-api03-" + "x9Kf3Qw7L-m" * 8,
        "sk-proj-" + "x9Kf3Qw7L_m" * 4,
    ],
}
"""Tokens that stand for themselves, by the detector that knows them; all of them are made up."""
NAMED = {
    "AWSKeyDetector": ("aws_key = '{}'", "x9Kf3Qw7Lm" * 4),
    "AzureStorageKeyDetector": ("The {}!", "AccountKey=" + "x9Kf3Qw7" * 11),
    "BasicAuthDetector": ("https://ann:{}@host/x", "p4ssw0rdx"),
    "CloudantDetector": ("cloudant_key={}", "9f3a7c1e" * 8),
    "IbmCloudIamDetector": ("ibm_cloud_api_key={}", "x9Kf3Qw7Lmz" * 4),
    "IbmCosHmacDetector": ("cos_secret_access_key={}", "9f3a7c1e" * 6),
    "NpmDetector": ("//registry.npmjs.org/:_authToken={}", "123e4567-e89b-12d3-a456-42661417400a"),
    "SoftlayerDetector": ("softlayer_key={}", "9f3a7c1e" * 8),
}
"""A text with a place for a secret, and one that is known by what stands before it."""
OTHERS = {
    # By rules in `_found`, and by the block of a key in its form.
    *("Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector", "KeywordDetector"),
    "PrivateKeyDetector",
}


@pytest.mark.parametrize("token", [one for tokens in TOKENS.values() for one in tokens])
@pytest.mark.parametrize("text", ["I pasted {} there.", "{}", "`{}`", "a={}\nb"])
def test_nothing_is_left_of_a_token(token: str, text: str) -> None:
    (found,), count = redact([text.format(token)])
    assert (found, count) == (text.format("[secret]"), 1)


@pytest.mark.parametrize(("text", "secret"), NAMED.values(), ids=NAMED)
def test_of_a_secret_that_is_named_the_name_stays(text: str, secret: str) -> None:
    (found,), _ = redact([text.format(secret)])
    assert found == text.format("[secret]")


def test_every_detector_has_a_sample() -> None:
    detectors = {type(one).__name__ for one in _detectors()}
    assert detectors == (TOKENS.keys() | NAMED.keys() | OTHERS) - {"of this module"}


@pytest.mark.parametrize(
    "text",
    [
        "Call `hf_hub_download` and set `npm_config_registry`, not `github_pat_TOKEN`.",
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
