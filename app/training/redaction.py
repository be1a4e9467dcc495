"""Secrets and addresses taken out of what is trained on.

What a model is trained on it may say to anybody, so whatever looks like a password, a key, a
token, a mail address or a public IP address is replaced by a word in brackets that says what
stood there. detect-secrets finds them: its detectors are asked line by line, without its
files, its settings and its checks over the network. Mail addresses, the body of a private key,
and some services' tokens it does not know, or not whole; these have a rule here.

Taking out too much costs a little of what is learned, taking out too little cannot be undone.
Still, names of settings and values that only show a form (`<password>`, `${TOKEN}`) stay,
since documentation is full of them.
"""

import importlib
import ipaddress
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

SECRET, KEY, MAIL, ADDRESS = "[secret]", "[private key]", "[email]", "[address]"
PLACEHOLDERS = (SECRET, KEY, MAIL, ADDRESS)

LONGEST = 1000
"""Characters of a line that are looked at together: some detectors are slow on longer ones."""
ROUNDS = 8
"""After so many rounds that each found something, a stretch of text is taken out as a whole."""
_LEAST = 4
"""Characters of a secret; less cannot be told from a word."""
_SURE = 8
"""From so many characters on, with a digit and a letter, a secret is one wherever it stands."""

_HELD = re.compile("(" + "|".join(map(re.escape, PLACEHOLDERS)) + ")")
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:(?!-----BEGIN)[\s\S]){0,20000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"|(?:\s{0,8}[A-Za-z0-9+/=]{16,})*)"
)
_MAIL = re.compile(
    r"(?<![\w.+%-])(?!git@)[\w.+%-]{1,64}@(?!(?:[\w-]{1,63}\.){0,8}"
    r"(?:example\.(?:com|net|org)|example|invalid|localhost|test)(?![\w.-]*\w))"
    r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z_@-])",
    re.ASCII,
)
"""Neither `git@host:path` nor the domains of RFC 2606, which belong to nobody."""
_TOKEN = re.compile(
    r"(?<![\w-])(?:"
    r"github_pat_\w{20,}"
    r"|sb_secret_[\w-]{20,}"
    r"|npm_[A-Za-z0-9]{30,}"
    r"|hf_[A-Za-z0-9]{30,}"
    r"|AIza[\w-]{30,}"
    r"|sk-(?:ant|proj|svcacct|admin)-[\w-]{20,}"
    r"|(?<=:_authToken=)[\w-]{30,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"
    r")",
    re.ASCII,
)
"""Tokens of GitHub, Supabase, npm, Hugging Face, Google, Anthropic and OpenAI that the library
misses where no quotes are around them, and JSON Web Tokens, whose signature it leaves out."""
_VALUE_ALONE = frozenset(
    {
        "AWSKeyDetector",
        "BasicAuthDetector",
        "CloudantDetector",
        "IbmCloudIamDetector",
        "IbmCosHmacDetector",
        "NpmDetector",
        "SoftlayerDetector",
    }
)
"""Detectors whose first group, where a pattern has one, is the secret without what names it."""
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_QUOTES = re.compile("[`\"']")
_MIXED = re.compile(r"(?=.*[A-Za-z])(?=.*\d)")


def redact(texts: Sequence[str]) -> tuple[list[str], int]:
    """Takes secrets out of texts that belong together.

    What is found in one of them is taken out of all, where it cannot be anything else.
    Redacting what was redacted changes nothing.

    Args:
        texts: Markdown or prompts, any line ends.

    Returns:
        The texts with placeholders, and how many secrets and addresses there were.
    """
    found: set[str] = set()
    before: list[str] = []
    after = list(texts)
    while after != before:
        before = after
        after = [_KEY_BLOCK.sub(lambda match: _note(found, match[0], KEY), text) for text in before]
        after = [_TOKEN.sub(lambda match: _note(found, match[0], SECRET), text) for text in after]
        after = [_MAIL.sub(lambda match: _note(found, match[0], MAIL), text) for text in after]
        after = ["\n".join(_line(line, found) for line in text.split("\n")) for text in after]
        for secret in sorted(filter(_certain, found), key=lambda text: (-len(text), text)):
            after = [_replace(text, secret, SECRET, bounded=True) for text in after]
    return after, len(found)


def _note(found: set[str], secret: str, placeholder: str) -> str:
    found.add(secret)
    return placeholder


def _certain(secret: str) -> bool:
    plain = not any(mark in secret for mark in " \n@")
    return plain and len(secret) >= _SURE and _MIXED.match(secret) is not None


def _line(line: str, found: set[str]) -> str:
    return "".join(_masked(piece, found) for piece in _pieces(line))


def _pieces(line: str) -> Iterator[str]:
    """Cuts a line into stretches that can be looked at, between words if there are any."""
    while len(line) > LONGEST:
        cut = line.rfind(" ", LONGEST // 2, LONGEST) + 1 or LONGEST
        yield line[:cut]
        line = line[cut:]
    yield line


def _masked(piece: str, found: set[str]) -> str:
    """Masks what is found in a piece until nothing more is."""
    for _ in range(ROUNDS):
        masked = piece
        # What a placeholder stands in was masked in part before.
        for part, placeholder in _parts(piece):
            less = _replace(masked, part, placeholder, bounded=True)
            if less == masked:
                less = _replace(masked, part, placeholder, bounded=False)
            if less != masked:
                found.add(part)
                masked = less
        if masked == piece:
            return piece
        piece = masked
    found.add(piece)
    return SECRET


def _parts(piece: str) -> Iterator[tuple[str, str]]:
    for secret, placeholder in _secrets(piece):
        for part in map(str.strip, _HELD.split(secret)):
            if len(part) >= _LEAST and part not in PLACEHOLDERS:
                yield part, placeholder


def _replace(text: str, secret: str, placeholder: str, *, bounded: bool) -> str:
    """Replaces a secret outside placeholders; where bounded, only as a word of its own."""
    sought = re.escape(secret)
    pattern = rf"(?<![A-Za-z0-9]){sought}(?![A-Za-z0-9])" if bounded else sought
    parts = _HELD.split(text)
    return "".join(
        part if part in PLACEHOLDERS else re.sub(pattern, lambda _: placeholder, part)
        for part in parts
    )


@lru_cache(maxsize=4096)
def _secrets(piece: str) -> tuple[tuple[str, str], ...]:
    """Returns what the detectors find, each with what is to stand there instead.

    Lines of documentation come again and again, so what was found is kept for a while.
    """
    # Runs of spaces tell nothing, and take one of the detectors minutes.
    flat = " ".join(piece.split())
    return tuple(
        (secret, placeholder)
        for detector in _detectors()
        for secret, placeholder in _found(detector, flat)
        if not _harmless(secret)
    )


def _found(detector: Any, piece: str) -> Iterator[tuple[str, str]]:
    kind = type(detector).__name__
    if kind == "IPPublicDetector":
        for said in detector.analyze_string(piece):
            if ipaddress.ip_address(said.partition(":")[0]).is_global:
                yield said, ADDRESS
    elif kind == "KeywordDetector":
        for value in detector.analyze_string(piece):
            yield _QUOTES.split(value)[0], SECRET
        # `KEY=value` without quotes, as in files of settings, where the value looks like one.
        for value in detector.analyze_string(piece, _assignments()):
            bare = re.split(r"[\s`\"']", value)[0].rstrip(".,;:)")
            if _MIXED.match(bare):
                yield bare, SECRET
    elif hasattr(detector, "entropy_limit"):
        # Markdown quotes by backticks.
        for value in detector.analyze_string(piece.replace("`", '"')):
            if detector.calculate_shannon_entropy(value) > detector.entropy_limit:
                yield value, SECRET
    else:
        # Markdown quotes by backticks here too.
        quoted = piece.replace("`", '"')
        for match in (one for pattern in detector.denylist for one in pattern.finditer(quoted)):
            # The groups of others are parts of the secret, such as `glpat`.
            group = 1 if kind in _VALUE_ALONE and match.lastindex else 0
            value = piece[slice(*match.span(group))].strip('"` ').lstrip("=:")
            yield value, KEY if kind == "PrivateKeyDetector" else SECRET


def _harmless(secret: str) -> bool:
    heuristic = _library("filters.heuristic")
    return bool(
        len(secret) < _LEAST
        or _SETTING.fullmatch(secret)
        or heuristic.is_templated_secret(secret)
        or heuristic.is_prefixed_with_dollar_sign(secret)
        or heuristic.is_sequential_string(secret)
        or heuristic.is_potential_uuid(secret)
    )


@cache
def _detectors() -> tuple[Any, ...]:
    """Returns one of each of the library's detectors, in a fixed order."""
    every = _library("core.plugins.util").get_mapping_from_secret_type_to_class()
    return tuple(every[name]() for name in sorted(every))


@cache
def _assignments() -> Any:
    return _library("plugins.keyword").CONFIG_DENYLIST_REGEX_TO_GROUP


def _library(module: str) -> Any:
    # Asked for when needed: it takes a second to import, and most processes redact nothing.
    return importlib.import_module(f"detect_secrets.{module}")
