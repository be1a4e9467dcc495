"""Commits, trees and file contents.

https://docs.github.com/en/rest/commits/commits, https://docs.github.com/en/rest/repos/contents
"""

import base64
from typing import Any
from urllib.parse import quote

import pygit2

from playground import git
from playground.clock import stamp
from playground.payloads.people import user
from playground.payloads.repositories import api, html
from playground.permissions import Permissions
from playground.values import Commit, Repository

MOST_FILES = 300
"""As many changed files as GitHub lists at once."""

UNVERIFIED = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def email(world: Permissions, account_id: int) -> str:
    """The address under which an account commits; nobody's mailbox."""
    return f"{account_id}+{world.accounts[account_id].login}@users.noreply.github.com"


def git_user(world: Permissions, commit: Commit) -> dict[str, Any]:
    """Who committed and when, as Git says it."""
    login = world.accounts[commit.author_id].login
    return {"name": login, "email": email(world, commit.author_id), "date": stamp(commit.at)}


def git_commit(world: Permissions, repository: Repository, commit: Commit) -> dict[str, Any]:
    """A commit as contents endpoints give it."""
    base, page = api(world, repository), html(world, repository)
    return {
        "sha": commit.sha,
        "node_id": f"C_{commit.sha[:24]}",
        "url": f"{base}/git/commits/{commit.sha}",
        "html_url": f"{page}/commit/{commit.sha}",
        "author": git_user(world, commit),
        "committer": git_user(world, commit),
        "tree": {"sha": commit.tree_sha, "url": f"{base}/git/trees/{commit.tree_sha}"},
        "message": commit.message,
        "parents": _parents(world, repository, commit),
        "verification": dict(UNVERIFIED),
    }


def _parents(world: Permissions, repository: Repository, commit: Commit) -> list[dict[str, Any]]:
    base, page = api(world, repository), html(world, repository)
    return [
        {"sha": sha, "url": f"{base}/commits/{sha}", "html_url": f"{page}/commit/{sha}"}
        for sha in commit.parents
    ]


def commit(
    world: Permissions, repository: Repository, value: Commit, *, files: bool = True
) -> dict[str, Any]:
    """A commit as `GET /repos/{owner}/{repo}/commits/{ref}` gives it."""
    base, page = api(world, repository), html(world, repository)
    author = user(world, world.accounts[value.author_id])
    result: dict[str, Any] = {
        "sha": value.sha,
        "node_id": f"C_{value.sha[:24]}",
        "commit": {
            "author": git_user(world, value),
            "committer": git_user(world, value),
            "message": value.message,
            "tree": {"sha": value.tree_sha, "url": f"{base}/git/trees/{value.tree_sha}"},
            "url": f"{base}/git/commits/{value.sha}",
            "comment_count": 0,
            "verification": dict(UNVERIFIED),
        },
        "url": f"{base}/commits/{value.sha}",
        "html_url": f"{page}/commit/{value.sha}",
        "comments_url": f"{base}/commits/{value.sha}/comments",
        "author": author,
        "committer": author,
        "parents": _parents(world, repository, value),
    }
    if files:
        before = world.commits[value.parents[0]].files if value.parents else {}
        changed = diff(world, repository, dict(before), dict(value.files), value.sha)
        added, deleted = (sum(f[k] for f in changed) for k in ("additions", "deletions"))
        result["stats"] = {"additions": added, "deletions": deleted, "total": added + deleted}
        result["files"] = changed
    return result


def diff(
    world: Permissions,
    repository: Repository,
    before: dict[str, str],
    after: dict[str, str],
    sha: str,
) -> list[dict[str, Any]]:
    """The files that differ between two flat trees, as commits and pull requests list them."""
    changed = [path for path in sorted({**before, **after}) if before.get(path) != after.get(path)]
    return [
        _entry(world, repository, path, before.get(path), after.get(path), sha)
        for path in changed[:MOST_FILES]
    ]


def _entry(
    world: Permissions,
    repository: Repository,
    path: str,
    old: str | None,
    new: str | None,
    sha: str,
) -> dict[str, Any]:
    page, name = html(world, repository), quote(path)
    patch = pygit2.Patch.create_from(
        b"" if old is None else world.blobs[old].data,
        b"" if new is None else world.blobs[new].data,
        old_as_path=path,
        new_as_path=path,
    )
    _, additions, deletions = patch.line_stats
    status = "added" if old is None else "removed" if new is None else "modified"
    result = {
        "sha": new or old,
        "filename": path,
        "status": status,
        "additions": additions,
        "deletions": deletions,
        "changes": additions + deletions,
        "blob_url": f"{page}/blob/{sha}/{name}",
        "raw_url": f"{page}/raw/{sha}/{name}",
        "contents_url": f"{api(world, repository)}/contents/{name}?ref={sha}",
    }
    text = patch.data.decode("utf-8", "replace")
    if "\n@@ " in text:
        # GitHub leaves out the lines that name the files, and has no patch for binary ones.
        result["patch"] = text[text.index("\n@@ ") + 1 :].rstrip("\n")
    return result


def entry(
    world: Permissions, repository: Repository, path: str, ref: str, sha: str, size: int | None
) -> dict[str, Any]:
    """A file, or a folder where `size` is None, as the contents endpoint lists it."""
    base, page, name = api(world, repository), html(world, repository), quote(path)
    folder = size is None
    url = f"{base}/contents/{name}?ref={quote(ref)}"
    git_url = f"{base}/git/{'trees' if folder else 'blobs'}/{sha}"
    page_url = f"{page}/{'tree' if folder else 'blob'}/{quote(ref)}/{name}"
    return {
        "type": "dir" if folder else "file",
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": size or 0,
        "url": url,
        "html_url": page_url,
        "git_url": git_url,
        "download_url": None if folder else f"{page}/raw/{quote(ref)}/{name}",
        "_links": {"self": url, "git": git_url, "html": page_url},
    }


def content(
    world: Permissions, repository: Repository, path: str, ref: str, sha: str
) -> dict[str, Any]:
    """A file with its bytes in base64, broken into lines as GitHub does."""
    data = world.blobs[sha].data
    return {
        **entry(world, repository, path, ref, sha, len(data)),
        "content": base64.encodebytes(data).decode(),
        "encoding": "base64",
    }


def tree(
    world: Permissions, repository: Repository, value: Commit, *, recursive: bool
) -> dict[str, Any]:
    """The files and folders of a commit."""
    base = api(world, repository)
    rows: list[dict[str, Any]] = [
        {"path": path, "mode": "040000", "type": "tree", "sha": sha,
         "url": f"{base}/git/trees/{sha}"}
        for path, sha in git.trees(value.files).items() if path
    ]  # fmt: skip
    rows += [
        {"path": path, "mode": "100644", "type": "blob", "sha": sha,
         "size": len(world.blobs[sha].data), "url": f"{base}/git/blobs/{sha}"}
        for path, sha in value.files.items()
    ]  # fmt: skip
    return {
        "sha": value.tree_sha,
        "url": f"{base}/git/trees/{value.tree_sha}",
        "tree": sorted(
            (row for row in rows if recursive or "/" not in row["path"]), key=lambda r: r["path"]
        ),
        "truncated": False,
    }


def push(
    world: Permissions, repository: Repository, branch: str, before: str | None, value: Commit
) -> dict[str, Any]:
    """The `push` event, without sender and installation."""
    page = html(world, repository)
    old = world.commits[before].files if before else {}
    new = value.files
    login = world.accounts[value.author_id].login
    person = {"name": login, "email": email(world, value.author_id), "username": login}
    zone = value.at.isoformat().replace("+00:00", "Z")
    head = {
        "id": value.sha,
        "tree_id": value.tree_sha,
        "distinct": True,
        "message": value.message,
        "timestamp": zone,
        "url": f"{page}/commit/{value.sha}",
        "author": person,
        "committer": person,
        "added": sorted(set(new) - set(old)),
        "removed": sorted(set(old) - set(new)),
        "modified": sorted(p for p in set(new) & set(old) if new[p] != old[p]),
    }
    zeros = "0" * 40
    return {
        "ref": f"refs/heads/{branch}",
        "before": before or zeros,
        "after": value.sha,
        "created": before is None,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "compare": f"{page}/compare/{(before or zeros)[:12]}...{value.sha[:12]}",
        "commits": [head],
        "head_commit": head,
        "pusher": {"name": login, "email": email(world, value.author_id)},
    }
