"""Path globs, matched in time that is linear in the path whatever the glob.

A glob becomes a row of states, one for each of its characters, and a path is read once: the
states that are reached are bits of one number, so that no glob can make the matching go back.

```
?     one character of a name
*     any characters of a name, also none
**/   at the start of a name: any folders, also none
**    elsewhere: any characters, across folders
```

A glob without a slash inside matches at any depth, as in .gitignore, any other one from the
top. What matches a folder matches all in it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_STEP = re.compile(r"(?P<folders>(?<=/)(?:\*{2,}/)+)|(?P<deep>\*{2,})|\*|\?|.", re.DOTALL)
_LITERALS = re.compile(r"[*?]+")


def matches(glob: str, path: str) -> bool:
    """Tells whether a glob names a file, or a folder that the file is in.

    Args:
        glob: as people write it; a `./` at its start says nothing.
        path: a file's path from the top of the repository, without a slash at its start.
    """
    return _compiled(glob).matches("/" + path)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Glob:
    """States as bits: bit n is set where the first n steps of the glob are matched.

    `literals` are strings that each matching path has; `plain` are the states before a
    character, by that character; the others the states before a wildcard.
    """

    literals: frozenset[str]
    plain: dict[str, int]
    one: int
    star: int
    deep: int
    folders: int
    end: int

    def matches(self, path: str) -> bool:
        if not all(literal in path for literal in self.literals):
            return False
        empty = self.star | self.deep
        states = 1
        for mark in path:
            slash = mark == "/"
            if slash and states & self.end:
                return True
            step = states & self.plain.get(mark, 0)
            stay = states & (self.deep | self.folders)
            if not slash:
                step |= states & self.one
                stay |= states & self.star
            else:
                step |= states & self.folders
            states = (step << 1) | stay
            if slash:
                # Folders may be none, and are only left where a name begins.
                states |= (states & self.folders) << 1
            states |= (states & empty) << 1
        return bool(states & self.end)


@lru_cache(1024)
def _compiled(glob: str) -> _Glob:
    glob = glob.strip().removeprefix("./")
    anchored = "/" in glob.rstrip("/")
    glob = glob.lstrip("/")
    text = ("/" if anchored else "/**/") + glob + ("**" if glob.endswith("/") else "")
    plain: dict[str, int] = {}
    masks = {"?": 0, "*": 0, "deep": 0, "folders": 0}
    state = 1
    for step in _STEP.finditer(text):
        kind = step.lastgroup or step[0]
        if kind in masks:
            masks[kind] |= state
        else:
            plain[kind] = plain.get(kind, 0) | state
        state <<= 1
    return _Glob(
        # A slash beside folders that may be none is not always there.
        literals=frozenset(run.strip("/") for run in _LITERALS.split(text)),
        plain=plain,
        one=masks["?"],
        star=masks["*"],
        deep=masks["deep"],
        folders=masks["folders"],
        end=state,
    )
