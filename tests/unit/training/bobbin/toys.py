"""Small installed packages."""

from pathlib import Path

SENTENCES = [f"The {word} is kept until the box is full." for word in ["lid", "key", "nut", "pin"]]


def install(
    root: Path,
    name: str,
    *,
    licence: str = "MIT",
    files: dict[str, str] | None = None,
    readme: str = "",
) -> None:
    """Writes a distribution into a folder that stands on the import path."""
    info = root / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0+local\n"
        f"License-Expression: {licence}\n\n{readme}",
        encoding="utf-8",
    )
    record = [f"{info.name}/METADATA,,"]
    for path, text in (files or {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
        record.append(f"{path},,")
    (info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")


def docstring(sentences: list[str]) -> str:
    """Returns a module that says sentences."""
    return '"""' + " ".join(sentences) + '"""\n'
