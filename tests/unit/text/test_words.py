import pytest

from app.text.words import names, parts, phrase_tokens, search_words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Run `make  test` now.", ["run", "make test", "now"]),
        ("See src/app/main.py, please!", ["see", "src/app/main.py", "please"]),
        ("with --no-cov and -q", ["with", "--no-cov", "and", "-q"]),
        ("call os.path.join() or __init__.py", ["call", "os.path.join()", "or", "__init__.py"]),
        ("It's **very** _nice_", ["it's", "very", "nice"]),
        ("v1.2.3: see https://a.b/c?d=1.", ["v1.2.3", "see", "https://a.b/c?d=1"]),
        ("`` a`b `` c", ["a`b", "c"]),
        ("one ` alone", ["one", "alone"]),
        ("*** --- ```", []),
        ("", []),
    ],
)
def test_phrase_tokens(text: str, wanted: list[str]) -> None:
    assert phrase_tokens(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("How do I run the tests?", ["run", "test"]),
        ("maxRetries", ["maxretries", "max", "retri"]),
        ("set `HTTP_PORT`", ["set", "http_port", "http", "port"]),
        ("the --no-cov flag", ["--no-cov", "cov", "flag"]),
        ("e.g. this, i.e. that", []),
        ("`make test`", ["make", "test"]),
        ("a/b.py", ["a/b.py", "b", "py"]),
    ],
)
def test_search_words(text: str, wanted: list[str]) -> None:
    assert search_words(text) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("getHTTPServer2", ["get", "http", "server", "2"]),
        ("snake_case", ["snake", "case"]),
        ("ALL_CAPS", ["all", "caps"]),
        ("kebab-case.txt", ["kebab", "case", "txt"]),
    ],
)
def test_parts(name: str, wanted: list[str]) -> None:
    assert parts(name) == wanted


def test_names_are_what_reads_as_code() -> None:
    text = "Why does `Client.get()` in app/x.py ignore --proxy and maxSize, e.g. here?"
    assert names(text) == ["client.get", "app/x.py", "--proxy", "maxsize"]
