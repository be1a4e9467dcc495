"""Git's object ids, computed as Git does, so that SHAs in the playground are true ones.

https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime


def object_sha(kind: str, data: bytes) -> str:
    """The id of an object of a kind ("blob", "tree", "commit")."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data).hexdigest()


def blob_sha(data: bytes) -> str:
    """The id of a file's bytes."""
    return object_sha("blob", data)


def trees(files: Mapping[str, str]) -> dict[str, str]:
    """The ids of all folders of a flat tree.

    Args:
        files: Path to blob id.

    Returns:
        Folder to tree id; the root is "".
    """
    below: dict[str, dict[str, tuple[bool, str]]] = {"": {}}
    for path, sha in files.items():
        folder, _, name = path.rpartition("/")
        below.setdefault(folder, {})[name] = (False, sha)
        while folder and folder.rpartition("/")[0] not in below:
            folder = folder.rpartition("/")[0]
            below[folder] = {}
    result: dict[str, str] = {}
    # The deepest first: a folder's id needs those of the folders in it.
    for folder in sorted(below, key=lambda f: f.count("/") + 1 if f else 0, reverse=True):
        result[folder] = _tree_sha(below[folder])
        if folder:
            above, _, name = folder.rpartition("/")
            below[above][name] = (True, result[folder])
    return result


def _tree_sha(entries: Mapping[str, tuple[bool, str]]) -> str:
    # Git sorts folders as if their names ended in a slash.
    ordered = sorted(entries.items(), key=lambda e: e[0].encode() + (b"/" if e[1][0] else b""))
    data = b"".join(
        b"%s %s\0%s" % (b"40000" if folder else b"100644", name.encode(), bytes.fromhex(sha))
        for name, (folder, sha) in ordered
    )
    return object_sha("tree", data)


def commit_sha(
    *, tree: str, parents: tuple[str, ...], who: str, email: str, at: datetime, message: str
) -> str:
    """The id of a commit whose author and committer are one."""
    signature = f"{who} <{email}> {int(at.timestamp())} +0000"
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"author {signature}", f"committer {signature}", "", message]
    return object_sha("commit", "\n".join(lines).encode())
