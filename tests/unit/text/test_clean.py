import pytest

from app.text.clean import clean, decode


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u2028b\x0cc", "a\nb\nc"),
        ("a\x00b\x1e\x7f", "ab"),
        ("\ufeffa", "a"),
        ("x\ud800y", "x\ufffdy"),
        ("tab\tstays", "tab\tstays"),
        ("", ""),
    ],
)
def test_cleans(given: str, wanted: str) -> None:
    assert clean(given) == wanted
    assert clean(clean(given)) == wanted
    clean(given).encode("utf-8")


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"plain", "plain"),
        (b"\xef\xbb\xbfmarked", "marked"),
        ("ünïcode".encode(), "ünïcode"),
        (b"latin \xe9", "latin \ufffd"),
        ("wide".encode("utf-16"), "wide"),
        (b"", ""),
    ],
)
def test_decodes_any_bytes(data: bytes, wanted: str) -> None:
    assert decode(data) == wanted
