"""The door of both sites, the dashboard and the page that sets up: token, signing in and out."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app.web.forms import Form
from app.web.guard import COOKIE, Guard, matches, signed_in
from app.web.site import STATIC, Frame


def guarded(frame: Frame, token: str, *, host: str) -> FastAPI:
    """Makes a site without pages, all of which will be behind a token.

    Args:
        frame: lays out what is said of errors.
        token: opens the site, as `/?token=`, by the form of the page that asks for it, or as
            `Authorization: Bearer` for a program.
        host: the address that the server listens on.
    """
    app = FastAPI(title="Treadle", openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, token=token, host=host, refuse=frame.refuse)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        del request
        return frame.refuse(error.status_code, str(error.detail))

    @app.post("/sign-in")
    def sign_in(request: Request, form: Form) -> Response:
        if not matches(token, form.get("token", "").strip()):
            return frame.refuse(401, "This token is not the one that is in force.")
        return signed_in(request, token, "/")

    @app.get("/sign-in")
    async def begin() -> Response:
        return RedirectResponse("/", status_code=303)

    @app.post("/sign-out")
    async def sign_out() -> Response:
        answer = RedirectResponse("/", status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    return app
