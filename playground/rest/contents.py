"""Reading and writing files. https://docs.github.com/en/rest/repos/contents"""

import base64
import binascii
from typing import Any

from playground import git
from playground.errors import Conflict, Invalid, NotFound
from playground.payloads import code
from playground.rest.call import Call, Reply, Routes
from playground.values import Commit, Repository

routes = Routes()
README_NAMES = ("readme.md", "readme.rst", "readme.txt", "readme")
ONE_MEGABYTE = 1_000_000


def _commit(call: Call, found: Repository) -> Commit:
    try:
        return call.world.resolve(found, call.query.get("ref"))
    except Conflict:
        raise NotFound("This repository is empty.") from None


def _media(call: Call) -> str:
    return call.headers.get("accept", "")


def _file(call: Call, found: Repository, path: str, ref: str, sha: str) -> Reply:
    data = call.world.blobs[sha].data
    if "raw" in _media(call):
        return Reply(content=data, media="application/vnd.github.raw; charset=utf-8")
    content = code.content(call.world, found, path, ref, sha)
    if len(data) > ONE_MEGABYTE:
        # Larger files come by the raw media type only.
        content |= {"content": "", "encoding": "none"}
    return Reply(content=content)


@routes.add("GET", "/repos/{owner}/{repo}/contents")
@routes.add("GET", "/repos/{owner}/{repo}/contents/{path:path}")
def get_contents(call: Call) -> Reply:
    """A file, or what a folder holds."""
    found = call.repository("contents")
    path = call.params.get("path", "").strip("/")
    commit = _commit(call, found)
    ref = call.query.get("ref") or found.default_branch
    if path in commit.files:
        return _file(call, found, path, ref, commit.files[path])
    prefix = f"{path}/" if path else ""
    inside = [name for name in commit.files if name.startswith(prefix)]
    if not inside:
        raise NotFound
    folders = git.trees(commit.files)
    rows: dict[str, Any] = {}
    for name in inside:
        child, _, deeper = name.removeprefix(prefix).partition("/")
        full = prefix + child
        if deeper:
            rows[full] = code.entry(call.world, found, full, ref, folders[full], None)
        else:
            sha = commit.files[full]
            size = len(call.world.blobs[sha].data)
            rows[full] = code.entry(call.world, found, full, ref, sha, size)
    return Reply(content=[rows[name] for name in sorted(rows)])


@routes.add("GET", "/repos/{owner}/{repo}/readme")
def get_readme(call: Call) -> Reply:
    """The README that GitHub would show."""
    found = call.repository("contents")
    commit = _commit(call, found)
    ref = call.query.get("ref") or found.default_branch
    for folder in (".github/", "", "docs/"):
        for wanted in README_NAMES:
            for path, sha in commit.files.items():
                if path.lower() == (folder + wanted) and path.startswith(folder):
                    return _file(call, found, path, ref, sha)
    raise NotFound


@routes.add("PUT", "/repos/{owner}/{repo}/contents/{path:path}")
def put_contents(call: Call) -> Reply:
    """Creates or replaces a file by a commit."""
    found, path = call.repository(), call.params["path"].strip("/")
    try:
        data = base64.b64decode(call.text("content").replace("\n", ""), validate=True)
    except binascii.Error:
        raise Invalid("content is not valid Base64") from None
    if not path or ".." in path.split("/") or ".git" in path.split("/"):
        raise Invalid("path contains a malformed path component")
    branch = call.optional_text("branch")
    commit = call.world.put_file(
        call.actor,
        found,
        path,
        data,
        message=call.text("message"),
        branch=branch,
        sha=call.optional_text("sha"),
    )
    created = not any(path in call.world.commits[sha].files for sha in commit.parents)
    sha = commit.files[path]
    place = code.entry(call.world, found, path, branch or found.default_branch, sha, len(data))
    content = {"content": place, "commit": code.git_commit(call.world, found, commit)}
    return Reply(status=201 if created else 200, content=content)


@routes.add("DELETE", "/repos/{owner}/{repo}/contents/{path:path}")
def delete_contents(call: Call) -> Reply:
    """Deletes a file by a commit."""
    found = call.repository()
    values = {**call.query, **{k: v for k, v in call.body.items() if isinstance(v, str)}}
    for name in ("message", "sha"):
        if name not in values:
            raise Invalid(f'Invalid request.\n\n"{name}" wasn\'t supplied.')
    commit = call.world.delete_file(
        call.actor,
        found,
        call.params["path"].strip("/"),
        message=values["message"],
        sha=values["sha"],
        branch=values.get("branch"),
    )
    content = {"content": None, "commit": code.git_commit(call.world, found, commit)}
    return Reply(content=content)
