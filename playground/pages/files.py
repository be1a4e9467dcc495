"""Repositories, their folders and their files."""

from collections.abc import Mapping
from typing import Any

from playground.errors import Conflict, NotFound
from playground.pages.ages import age
from playground.pages.markup import render
from playground.pages.visit import Page, Result, Visit
from playground.values import Commit, Repository

BIGGEST = 512 * 1024
"""Bytes of a file that is shown."""


def list_repositories(visit: Visit) -> Result:
    """The repositories that the visitor sees; of one owner where the path names one."""
    world = visit.world
    owner = visit.params.get("owner")
    if owner is not None:
        world.account(owner)
    rows = []
    for one in world.repositories:
        name = world.full_name(one)
        if not world.sees(visit.actor, one):
            continue
        if owner is not None and name.partition("/")[0].lower() != owner.lower():
            continue
        threads = world.issues.of(one.id)
        issues = [issue for issue in threads if issue.pull is None and issue.state == "open"]
        ago = age(one.pushed_at, world.clock.now())
        rows.append({"repository": one, "name": name, "issues": len(issues), "ago": ago})
    return Page(template="repositories.html", values={"rows": rows, "owner": owner})


def show_repository(visit: Visit) -> Result:
    """A repository's front page: its files and its README."""
    repository = visit.repository()
    try:
        commit = visit.world.resolve(repository)
    except Conflict:
        return Page(template="folder.html", values={"repository": repository, "commit": None})
    return _folder(visit, repository, commit, "", repository.default_branch)


def show_tree(visit: Visit) -> Result:
    """A folder of a repository at a commit."""
    repository = visit.repository()
    commit, path, ref = _at(visit, repository)
    return _folder(visit, repository, commit, path, ref)


def show_blob(visit: Visit) -> Result:
    """A file at a commit, its lines numbered, some of them marked where the query says so."""
    repository = visit.repository()
    commit, path, ref = _at(visit, repository)
    sha = commit.files.get(path)
    if sha is None:
        raise NotFound(f"There is no file {path} at {ref}.")
    data = visit.world.blobs[sha].data
    text = None
    if len(data) <= BIGGEST and b"\0" not in data:
        text = data.decode("utf-8", "replace")
    return Page(
        template="blob.html",
        values={
            "repository": repository,
            "commit": commit,
            "ref": ref,
            "path": path,
            "steps": _steps(path),
            "lines": None if text is None else text.splitlines(),
            "size": len(data),
            "chosen": _chosen(visit.query.get("lines", "")),
        },
    )


def _folder(visit: Visit, repository: Repository, commit: Commit, path: str, ref: str) -> Page:
    entries = _entries(commit.files, path)
    if path and not entries:
        raise NotFound(f"There is no folder {path} at {ref}.")
    readme = next(
        (one["path"] for one in entries if one["name"].lower() in ("readme.md", "readme")), None
    )
    html = ""
    if readme is not None:
        data = visit.world.blobs[commit.files[readme]].data[:BIGGEST]
        text = data.decode("utf-8", "replace")
        base = visit.base(repository)
        html = render(text, base=base, ref=ref, folder=path, web=visit.world.web_url)
    return Page(
        template="folder.html",
        values={
            "repository": repository,
            "commit": commit,
            "author": visit.world.accounts[commit.author_id].login,
            "ago": age(commit.at, visit.world.clock.now()),
            "ref": ref,
            "path": path,
            "steps": _steps(path),
            "entries": entries,
            "readme": readme,
            "html": html,
        },
    )


def _at(visit: Visit, repository: Repository) -> tuple[Commit, str, str]:
    """Splits `ref/path`, where a branch's name may hold slashes too.

    Raises:
        NotFound: no beginning of it names a commit.
    """
    steps = [step for step in visit.params["rest"].split("/") if step]
    for cut in range(1, len(steps) + 1):
        ref = "/".join(steps[:cut])
        try:
            return visit.world.resolve(repository, ref), "/".join(steps[cut:]), ref
        except NotFound:
            continue
    raise NotFound("There is no such branch or commit.")


def _entries(files: Mapping[str, str], folder: str) -> list[dict[str, Any]]:
    """The names right inside a folder, folders first."""
    prefix = f"{folder}/" if folder else ""
    found: dict[str, bool] = {}
    for path in files:
        if path.startswith(prefix):
            name, slash, _ = path.removeprefix(prefix).partition("/")
            found[name] = bool(slash)
    order = sorted(found.items(), key=lambda item: (not item[1], item[0].lower()))
    return [{"name": name, "folder": deep, "path": prefix + name} for name, deep in order]


def _steps(path: str) -> list[tuple[str, str]]:
    """The folders that lead to a path: name and path of each."""
    names = path.split("/") if path else []
    return [(name, "/".join(names[: place + 1])) for place, name in enumerate(names)]


def _chosen(text: str) -> tuple[int, int] | None:
    """The lines that `3-7` or `3` names."""
    first, _, last = text.partition("-")
    last = last or first
    if not (first.isdecimal() and last.isdecimal() and len(text) < 16):
        return None
    return min(int(first), int(last)), max(int(first), int(last))
