"""The grammar of commands in a comment.

```
comment  = { text | command }
command  = start "/" name ( space | end of line ) argument
start    = the beginning of a line, after at most three spaces
name     = letter { letter | digit | "-" }     at most 39 long, case does not matter
argument = the rest of the line and all following lines up to the next command or the end
```

A line is text and starts no command where GitHub shows it as something else: in a quote
(`>`, the lines that continue it included), in fenced or indented code, in inline code that
spans lines, in an HTML comment and in `<pre>`, `<script>`, `<style>`, `<textarea>` and
`<blockquote>`. Inside an argument such lines stay as they were written.

Any `/word` in that place ends the argument before it, known or not: the names that a
repository gives its commands are not known where deliveries come in, and a command must have
the same key there as in the worker. `WORDS` are the commands that every repository has; the
name of the question command is the repository's to choose.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection

from app.domain import Command
from app.webhooks.markdown import open_lines

ASK = "ask"
"""The question command's name unless a repository chooses another."""

WORDS = {
    "help": "says what one can write here",
    "no-ai": "stops answers in this thread",
    "ai": "allows answers in this thread again",
    "retrain": "trains an adapter on what people here taught",
    "forget": "forgets what a reply taught, or with `mine` all that you said",
    "treadle": "tells the bot something about what it learns",
}
"""The other commands, and what each does; later ones are added here."""

_COMMAND = re.compile(r" {0,3}/([A-Za-z][A-Za-z0-9-]{0,38})(?=\s|$)")


def names_for(ask: str = ASK) -> frozenset[str]:
    """Returns all command names of a repository that names its question command `ask`."""
    return frozenset({ask.casefold(), *WORDS})


def commands(body: str, *, names: Collection[str] | None = None) -> list[Command]:
    """Finds the commands of a comment, each once, in the order of their first appearance.

    Args:
        body: the comment as written, any line ends.
        names: lower-case names that are commands; None returns every slash-word as a candidate.

    Returns:
        Commands with lower-case names. Time is linear in the length of the body.
    """
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    open_at = open_lines(lines)
    starts = [
        (number, match)
        for number, line in enumerate(lines)
        if open_at[number] and (match := _COMMAND.match(line))
    ]
    ends = [*(number for number, _ in starts), len(lines)][1:]
    found: dict[str, Command] = {}
    for (number, match), end in zip(starts, ends, strict=True):
        name = match.group(1).lower()
        if names is not None and name not in names:
            continue
        rest = [lines[number][match.end() :], *lines[number + 1 : end]]
        argument = "\n".join(line.rstrip() for line in rest).strip()
        key = command_key(name, argument)
        found.setdefault(key, Command(name=name, argument=argument, key=key))
    return list(found.values())


def new_commands(before: str, after: str, *, names: Collection[str] | None = None) -> list[Command]:
    """Returns the commands of an edited comment that its old text did not have."""
    known = {command.key for command in commands(before, names=names)}
    return [command for command in commands(after, names=names) if command.key not in known]


def command_key(name: str, argument: str) -> str:
    """Returns 16 hexadecimal digits that tell commands apart, whatever their spacing."""
    words = " ".join(unicodedata.normalize("NFC", argument).split())
    text = f"{name}\0{words}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:16]
