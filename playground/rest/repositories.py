"""Repositories, roles, branches and commits. https://docs.github.com/en/rest/repos"""

from urllib.parse import quote

from playground.errors import Conflict, Forbidden, Invalid, NotFound
from playground.languages import count_languages
from playground.payloads import code
from playground.payloads.people import user
from playground.payloads.repositories import api, full_repository, html, rights
from playground.rest.call import Call, Reply, Routes
from playground.values import Commit, Repository

routes = Routes()


@routes.add("GET", "/repos/{owner}/{repo}")
def get_repository(call: Call) -> Reply:
    """A repository."""
    return Reply(content=full_repository(call.world, call.repository(), call.actor))


@routes.add("PATCH", "/repos/{owner}/{repo}")
def update_repository(call: Call) -> Reply:
    """Renames a repository, or makes it private or public."""
    private = call.body.get("private")
    if not isinstance(private, bool | None):
        raise Invalid("Invalid request.\n\nFor 'properties/private', not a boolean.")
    found = call.world.update_repository(
        call.actor,
        call.repository(),
        name=call.optional_text("name"),
        private=private,
    )
    return Reply(content=full_repository(call.world, found, call.actor))


@routes.add("DELETE", "/repos/{owner}/{repo}")
def delete_repository(call: Call) -> Reply:
    """Deletes a repository with all that is in it."""
    call.world.delete_repository(call.actor, call.repository())
    return Reply(status=204)


@routes.add("GET", "/repos/{owner}/{repo}/languages")
def list_languages(call: Call) -> Reply:
    """Bytes by language."""
    found = call.repository()
    if not found.branches:
        return Reply(content={})
    commit = call.world.resolve(found)
    sizes = {path: len(call.world.blobs[sha].data) for path, sha in commit.files.items()}
    return Reply(content=count_languages(sizes))


@routes.add("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission")
def get_permission(call: Call) -> Reply:
    """What a user may do in a repository."""
    found, world = call.repository(), call.world
    account = world.account(call.params["username"])
    if (
        not call.actor.is_installation
        and call.actor.account_id != account.id
        and not world.has_role(found, call.actor.account_id, "write")
    ):
        raise Forbidden("Must have push access to view collaborator permission.")
    permission, role_name = world.permission(found, account.id)
    as_account = type(call.actor)(account_id=account.id)
    content = {
        **user(world, account),
        "permissions": rights(world, found, as_account),
        "role_name": role_name,
    }
    return Reply(content={"permission": permission, "user": content, "role_name": role_name})


def _commit(call: Call, found: Repository, ref: str | None = None) -> Commit:
    """A commit; on an empty repository there is none, and endpoints differ in saying so."""
    return call.world.resolve(found, ref)


@routes.add("GET", "/repos/{owner}/{repo}/branches")
def list_branches(call: Call) -> Reply:
    """The branches with their heads."""
    found = call.repository("contents")
    base = f"{api(call.world, found)}/commits"

    def shape(item: tuple[str, str]) -> object:
        name, sha = item
        return {"name": name, "commit": {"sha": sha, "url": f"{base}/{sha}"}, "protected": False}

    return call.paged(sorted(found.branches.items()), shape)


@routes.add("GET", "/repos/{owner}/{repo}/branches/{branch:path}")
def get_branch(call: Call) -> Reply:
    """A branch with its head."""
    found, name = call.repository("contents"), call.params["branch"]
    if name not in found.branches:
        raise NotFound("Branch not found")
    base = f"{api(call.world, found)}/branches/{quote(name)}"
    content = {
        "name": name,
        "commit": code.commit(
            call.world, found, call.world.commits[found.branches[name]], files=False
        ),
        "_links": {"self": base, "html": f"{html(call.world, found)}/tree/{quote(name)}"},
        "protected": False,
        "protection": {
            "enabled": False,
            "required_status_checks": {
                "enforcement_level": "off", "contexts": [], "checks": [],
            },
        },
        "protection_url": f"{base}/protection",
    }  # fmt: skip
    return Reply(content=content)


@routes.add("GET", "/repos/{owner}/{repo}/commits/{ref:path}")
def get_commit(call: Call) -> Reply:
    """A commit by branch or SHA; its SHA alone where the media type asks for that."""
    found = call.repository("contents")
    try:
        commit = _commit(call, found, call.params["ref"])
    except NotFound as error:
        raise Invalid(error.message) from None
    if "vnd.github.sha" in call.headers.get("accept", ""):
        return Reply(content=commit.sha.encode(), media="application/vnd.github.sha; charset=utf-8")
    return Reply(content=code.commit(call.world, found, commit))


@routes.add("GET", "/repos/{owner}/{repo}/git/trees/{ref:path}")
def get_tree(call: Call) -> Reply:
    """The files and folders of a commit, or of its top folder alone."""
    found = call.repository("contents")
    commit = _commit(call, found, call.params["ref"])
    recursive = "recursive" in call.query
    return Reply(content=code.tree(call.world, found, commit, recursive=recursive))


@routes.add("GET", "/repos/{owner}/{repo}/tarball")
@routes.add("GET", "/repos/{owner}/{repo}/tarball/{ref:path}")
def get_tarball(call: Call) -> Reply:
    """Sends the client to where the tarball lies."""
    found = call.repository("contents")
    try:
        ref = _commit(call, found, call.params.get("ref")).sha
    except Conflict:
        # An empty repository has no archive: GitHub answers as if it were not there.
        if found.raw_tarball_sha is None:
            raise NotFound from None
        ref = "HEAD"
    place = f"{call.world.web_url}/_codeload/{call.world.full_name(found)}/legacy.tar.gz/{ref}"
    if found.private:
        place += f"?token={call.world.archive_token(found)}"
    return Reply(status=302, headers={"Location": place})
