"""A server of this machine that behaves like the part of Supabase Storage that is used.

Paths, statuses and the form of errors are those of https://github.com/supabase/storage, which
answers most faults with HTTP's 400 and names the true status in the body.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sb_secret_of-the-tests"
BASE = "/storage/v1/"


@dataclass(frozen=True)
class Fault(Exception):
    """An answer that is an error."""

    status: int
    error: str
    message: str = "It says why."


@dataclass(kw_only=True)
class StorageServer:
    """Listens on a free port while it is entered.

    Attributes:
        buckets: whether each is public, by name.
        objects: bytes by bucket and path.
        requests: what was asked, in order.
        answers: bodies with their statuses that the next requests get, whatever they ask.
        silent: when set, nothing is answered until the server ends.
    """

    buckets: dict[str, bool] = field(default_factory=dict)
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    silent: bool = False

    def __enter__(self) -> "StorageServer":
        outer, self._over = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if outer.silent:
                    outer._over.wait(10)
                    return
                path = self.path.partition("?")[0]
                outer.requests.append(f"{self.command} {path}")
                status, content = outer._answer(self, path, body)
                self.send_response(status)
                if status in (301, 308):
                    self.send_header("location", outer.url + "/elsewhere")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The project's address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def _answer(self, request: BaseHTTPRequestHandler, path: str, body: bytes) -> tuple[int, bytes]:
        if self.answers:
            return self.answers.pop(0)
        headers = request.headers
        if headers.get("apikey") != KEY or headers.get("authorization") != f"Bearer {KEY}":
            return 400, fault(Fault(403, "Unauthorized"))
        try:
            found = self._found(request.command, path.removeprefix(BASE), headers, body)
        except Fault as error:
            return 400, fault(error)
        return 200, found if isinstance(found, bytes) else json.dumps(found).encode()

    def _found(self, method: str, path: str, headers: Any, body: bytes) -> Any:
        match [method, *path.split("/", 2)]:
            case ["GET", "bucket", name]:
                return self._bucket(name)
            case ["POST", "bucket"]:
                wanted = json.loads(body)
                if wanted["id"] in self.buckets:
                    raise Fault(409, "Duplicate")
                self.buckets[wanted["id"]] = wanted.get("public", False)
                return {"name": wanted["id"]}
            case ["POST", "object", "list", name]:
                return self._list(name, json.loads(body))
            case ["POST", "object", name, place]:
                return self._upload(name, place, headers, body)
            case ["GET", "object", name, place]:
                self._bucket(name)
                if (name, place) not in self.objects:
                    raise Fault(404, "not_found")
                return self.objects[name, place]
            case ["DELETE", "object", name]:
                self._bucket(name)
                paths = json.loads(body)["prefixes"]
                gone = [place for place in paths if self.objects.pop((name, place), None)]
                return [{"name": place} for place in gone]
        raise Fault(404, "Not Found")

    def _bucket(self, name: str) -> dict[str, object]:
        if name not in self.buckets:
            raise Fault(404, "Bucket not found")
        return {
            "id": name,
            "name": name,
            "owner": "",
            "public": self.buckets[name],
            "file_size_limit": None,
            "allowed_mime_types": None,
            "created_at": "2026-05-04T03:02:01.000Z",
            "updated_at": "2026-05-04T03:02:01.000Z",
        }

    def _list(self, name: str, wanted: dict[str, Any]) -> list[dict[str, object]]:
        """Lists one folder, page by page; folders in it have no id.

        https://supabase.com/docs/reference/python/storage-from-list
        """
        self._bucket(name)
        folder = wanted["prefix"].rstrip("/")
        start = f"{folder}/" if folder else ""
        inside: dict[str, str | None] = {}
        for bucket, place in sorted(self.objects):
            if bucket == name and place.startswith(start):
                child, slash, _ = place.removeprefix(start).partition("/")
                if child.startswith(wanted.get("search", "")):
                    inside[child] = None if slash else place
        first = wanted["offset"]
        page = list(inside.items())[first : first + wanted["limit"]]
        return [{"name": child, "id": place} for child, place in page]

    def _upload(self, name: str, place: str, headers: Any, body: bytes) -> dict[str, str]:
        self._bucket(name)
        if (name, place) in self.objects and headers.get("x-upsert") != "true":
            raise Fault(409, "Duplicate")
        self.objects[name, place] = _file_in(headers["content-type"], body)
        return {"Key": f"{name}/{place}", "Id": place}


def fault(error: Fault) -> bytes:
    """The body of an error."""
    said = {"statusCode": str(error.status), "error": error.error, "message": error.message}
    return json.dumps(said).encode()


def _file_in(content_type: str, body: bytes) -> bytes:
    """Reads the field `file` of a form."""
    boundary = content_type.partition("boundary=")[2].strip('"')
    for part in body.split(f"--{boundary}".encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        if re.search(rb'name="file"', head):
            return content.removesuffix(b"\r\n")
    raise Fault(400, "no file")
