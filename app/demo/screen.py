"""What the demo prints, and how: each step as it happens."""

from rich.console import Console

from app.demo.people import Posted

console = Console(soft_wrap=True, highlight=False)
if not console.is_terminal:
    # A log is no terminal of eighty columns; questions are to stand on one line.
    console.width = 120


def say(text: str) -> None:
    """Prints a line of our own words, which may hold rich's markup."""
    console.print(text)


def quote(posted: Posted) -> None:
    """Prints a comment as people see it, without its hidden block."""
    for line in posted.body.split("<!--")[0].strip().splitlines():
        console.print(f"    | {line}", markup=False)


def short(text: str) -> str:
    """Returns the beginning of a text as one line, safe to print."""
    return escape(" ".join(text.split())[:90])


def escape(text: str) -> str:
    """Returns text in which nothing is markup."""
    return text.replace("[", "\\[")
