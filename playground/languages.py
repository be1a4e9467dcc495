"""Which language a file is in, by its name: a small part of what GitHub knows."""

from collections.abc import Mapping

BY_SUFFIX = {
    "c": "C", "h": "C", "cc": "C++", "cpp": "C++", "hpp": "C++", "cs": "C#", "css": "CSS",
    "go": "Go", "html": "HTML", "java": "Java", "js": "JavaScript", "mjs": "JavaScript",
    "kt": "Kotlin", "php": "PHP", "py": "Python", "pyi": "Python", "rb": "Ruby", "rs": "Rust",
    "sh": "Shell", "swift": "Swift", "ts": "TypeScript", "tsx": "TypeScript", "jinja": "Jinja",
}  # fmt: skip
BY_NAME = {"Makefile": "Makefile", "Dockerfile": "Dockerfile"}


def count_languages(sizes: Mapping[str, int]) -> dict[str, int]:
    """Bytes by language, the most first; prose and data count for nothing, as on GitHub.

    Args:
        sizes: Path to bytes.
    """
    found: dict[str, int] = {}
    for path, size in sizes.items():
        name = path.rpartition("/")[2]
        language = BY_NAME.get(name) or BY_SUFFIX.get(name.rpartition(".")[2].lower())
        if language is not None:
            found[language] = found.get(language, 0) + size
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
