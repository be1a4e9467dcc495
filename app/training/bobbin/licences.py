"""Which licences let a text be trained on: permissive ones, as a package's metadata names them.

Names are SPDX identifiers (https://spdx.org/licenses/).
"""

import re
from collections.abc import Sequence

PERMISSIVE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "CNRI-Python",
        "HPND",
        "ISC",
        "MIT",
        "MIT-0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    }
)
_SPOKEN = (
    (re.compile(r"apache(?: software)?(?: license)?(?:,? version)?[ -]?(?:2(?:\.0)?)?"
                r"(?: license)?"), "Apache-2.0"),
    (re.compile(r"(?:the )?mit(?: license)?(?: \(mit\))?"), "MIT"),
    (re.compile(r"isc(?: license)?(?: \(iscl\))?"), "ISC"),
    (re.compile(r"bsd[ -]3[ -]clause(?: license)?"), "BSD-3-Clause"),
    (re.compile(r"bsd[ -]2[ -]clause(?: license)?"), "BSD-2-Clause"),
    (re.compile(r"bsd(?: license)?"), "BSD"),
    (re.compile(r"python software foundation license"), "PSF-2.0"),
    (re.compile(r"the unlicense \(unlicense\)"), "Unlicense"),
)  # fmt: skip
_JOINED = re.compile(r"\s+(AND|OR)\s+|([()])")
_CLAUSE = re.compile(r"neither the names?\b|may not be used to endorse", re.IGNORECASE)


def named(expression: str, field: str, classifiers: Sequence[str], text: str) -> str | None:
    """Returns the SPDX expression of a package's licence, None where it is not told.

    Args:
        expression: `License-Expression`, which is taken as it stands.
        field: `License`: a name or a whole text, by which only its first line is read.
        classifiers: every `Classifier`.
        text: the licence's own text, which tells which BSD licence is meant.
    """
    if expression:
        return expression
    first = field.strip().partition("\n")[0].strip()
    told = [first] if first else []
    if not told or _spdx(first) == "BSD":
        told += [
            entry.rpartition("::")[2].strip()
            for entry in classifiers
            if entry.startswith("License ::")
        ]
    names = {_spdx(name) for name in told}
    if "BSD" in names:
        names.remove("BSD")
        if not any(str(name).startswith("BSD") for name in names) and text:
            names.add("BSD-3-Clause" if _CLAUSE.search(text) else "BSD-2-Clause")
    return " AND ".join(sorted(names)) or None


def permissive(expression: str | None) -> bool:
    """Tells whether a licence expression leaves a way that needs permissive licences alone."""
    if not expression:
        return False
    words = [word for word in _JOINED.split(expression) if word and word.strip()]
    answer, rest = _either([word.strip() for word in words])
    return answer and not rest


def _spdx(name: str) -> str:
    said = " ".join(name.lower().split())
    return next((spdx for form, spdx in _SPOKEN if form.fullmatch(said)), name)


def _either(words: list[str]) -> tuple[bool, list[str]]:
    answer, rest = _every(words)
    while rest[:1] == ["OR"]:
        other, rest = _every(rest[1:])
        answer = answer or other
    return answer, rest


def _every(words: list[str]) -> tuple[bool, list[str]]:
    answer, rest = _one(words)
    while rest[:1] == ["AND"]:
        other, rest = _one(rest[1:])
        answer = answer and other
    return answer, rest


def _one(words: list[str]) -> tuple[bool, list[str]]:
    if words[:1] == ["("]:
        answer, rest = _either(words[1:])
        return (answer, rest[1:]) if rest[:1] == [")"] else (False, rest)
    return bool(words) and words[0] in PERMISSIVE, words[1:]
