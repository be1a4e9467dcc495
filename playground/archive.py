"""Serves tarballs where codeload would, on the playground's own address."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.actors import ANONYMOUS
from playground.auth import authenticate
from playground.errors import NotFound, PlaygroundError
from playground.tarball import pack
from playground.world import World


def archive_route(world: World) -> Route:
    """`/_codeload/{owner}/{repo}/legacy.tar.gz/{ref}`, as on GitHub Enterprise Server."""

    async def handle(request: Request) -> Response:
        try:
            with world.lock:
                return _archive(world, request)
        except PlaygroundError as error:
            return Response(f"{error.status}: {error.message}", status_code=error.status)

    return Route("/_codeload/{owner}/{repo}/legacy.tar.gz/{ref:path}", handle, methods=["GET"])


def _archive(world: World, request: Request) -> Response:
    params = request.path_params
    repository = world.find_repository(params["owner"], params["repo"])
    if not world.opens_archive(repository, request.query_params.get("token")):
        actor = authenticate(world, request.headers.get("authorization"))
        if actor is ANONYMOUS or not world.sees(actor, repository):
            raise NotFound
    if repository.raw_tarball_sha is not None:
        data = world.blobs[repository.raw_tarball_sha].data
        name = f"{params['owner']}-{params['repo']}"
    else:
        commit = world.resolve(repository, params["ref"])
        name = f"{params['owner']}-{params['repo']}-{commit.sha[:7]}"
        files = {path: world.blobs[sha].data for path, sha in commit.files.items()}
        data = pack(name, files, commit.at.timestamp())
    headers = {"Content-Disposition": f'attachment; filename="{name}.tar.gz"'}
    return Response(data, media_type="application/x-gzip", headers=headers)
