"""Adapters' files in a private bucket of Supabase Storage, with copies on this machine.

An object's path is the adapter's name and the file's: `r7-0001-0badc0de/adapter_config.json`.
https://supabase.com/docs/reference/python/file-buckets
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import httpx
import structlog
from storage3 import SyncStorageClient
from storage3.exceptions import StorageApiError
from supabase import ClientOptions, create_client

from app.artifacts.files import check_file, check_name, digests, require_same
from app.artifacts.folder import Folder
from app.errors import ConfigError, GoneError, TransientError, TreadleError, UserError
from app.settings import Settings

log = structlog.get_logger()

_CONNECT = 10.0
_PAGE = 100
_NOT_FOUND, _CONFLICT, _TOO_LARGE = 404, 409, 413
_REFUSED = (401, 403)
_PASSING = (408, 425, 429)


def connect(settings: Settings) -> SyncStorageClient:
    """Prepares access to Supabase Storage; nothing is sent yet."""
    timeout = settings.supabase_timeout
    client = httpx.Client(
        timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT)),
        # The key goes with every request, and to no other address.
        follow_redirects=False,
    )
    options = ClientOptions(httpx_client=client, auto_refresh_token=False, persist_session=False)
    key = settings.supabase_service_key.get_secret_value()
    return create_client(settings.supabase_url, key, options).storage


class Bucket:
    """A private bucket; safe to use from several threads.

    Nothing is ever written over: an upload to a taken path is refused by the server. Neither
    the key nor what the server says in its own words is logged or put into an error.
    """

    def __init__(self, storage: SyncStorageClient, name: str, copies: Folder) -> None:
        self._storage = storage
        self._name = name
        self._files = storage.from_(name)
        self._copies = copies
        self._is_private = False

    def put(self, name: str, folder: Path) -> Mapping[str, str]:
        """Uploads the files of a folder; the same again is no fault.

        Returns:
            The SHA-256 of each file by its name.

        Raises:
            UserError: something else is kept under the name, a file is too large, or there is
                more in the folder than an adapter's files.
            ConfigError: the key is refused, or the bucket is public.
            TransientError: Supabase cannot be reached, or has a passing fault.
        """
        check_name(name)
        files = digests(folder)
        self._require_private()
        for file, sha in files.items():
            self._upload(name, folder / file, sha)
        log.info("adapter.uploaded", adapter=name, files=len(files))
        return files

    def fetch(self, name: str, files: Mapping[str, str]) -> Path:
        """Returns a folder with an adapter's files, after checking them.

        What is on this machine is checked too; where it is damaged, it is fetched anew.

        Raises:
            UserError: a file is not there, or not the one of its hash.
            ConfigError: the key is refused.
            TransientError: Supabase cannot be reached, or has a passing fault.
        """
        if self._copies.holds(name):
            try:
                return self._copies.fetch(name, files)
            except UserError:
                log.warning("adapter.copy_damaged", adapter=name)
                self._copies.delete(name)
        with self._copies.fresh() as fresh:
            for file in files:
                (fresh / check_file(file)).write_bytes(self._download(name, file))
            require_same(name, digests(fresh), files)
            self._copies.take(name, fresh)
        log.info("adapter.fetched", adapter=name, files=len(files))
        return self._copies.fetch(name, files)

    def delete(self, name: str) -> None:
        """Deletes an adapter's files, if there are any, and their copies here.

        Raises:
            ConfigError: the key is refused.
            TransientError: Supabase cannot be reached, or has a passing fault.
        """
        check_name(name)
        # Where there is no bucket there are no files; where there are none, the list is empty.
        with suppress(_Missing), _calling(self._name):
            paths = [f"{name}/{one['name']}" for one in self._files.list(name)]
            if paths:
                self._files.remove(paths)
        self._copies.delete(name)
        log.info("adapter.deleted", adapter=name)

    def names(self, prefix: str) -> Sequence[str]:
        """Returns the names that begin in some way, in order.

        Raises:
            ConfigError: the key is refused.
            TransientError: Supabase cannot be reached, or has a passing fault.
        """
        found: set[str] = set()
        with suppress(_Missing), _calling(self._name):
            for offset in count(0, _PAGE):
                page = self._files.list("", {"limit": _PAGE, "offset": offset, "search": prefix})
                found.update(str(one["name"]) for one in page)
                if len(page) < _PAGE:
                    break
        return sorted(name for name in found if name.startswith(prefix))

    def close(self) -> None:
        """Ends the connections."""
        self._storage.session.close()

    def _upload(self, name: str, path: Path, sha: str) -> None:
        try:
            with _calling(self._name):
                self._files.upload(
                    f"{name}/{path.name}", path, {"content-type": "application/octet-stream"}
                )
        except _Taken:
            if hashlib.sha256(self._download(name, path.name)).hexdigest() != sha:
                raise UserError(f"Other files are kept under the name {name}.") from None

    def _download(self, name: str, file: str) -> bytes:
        path = f"{check_name(name)}/{check_file(file)}"
        try:
            with _calling(self._name):
                return self._files.download(path)
        except _Missing:
            raise UserError(
                f"The file {file} of the adapter {name} is not in Supabase Storage. Roll back to "
                "another adapter, or train again."
            ) from None

    def _require_private(self) -> None:
        """Makes the bucket where there is none; refuses one that anybody can read.

        Raises:
            ConfigError: the bucket is public.
        """
        if self._is_private:
            return
        try:
            public = self._is_public()
        except _Missing:
            # Of two that make it at once, one is told that it is there.
            with suppress(_Taken), _calling(self._name):
                self._storage.create_bucket(self._name, options={"public": False})
            public = self._is_public()
        if public:
            raise ConfigError(
                [
                    f"the bucket {self._name} in Supabase Storage is public, and adapters are made "
                    "of what people wrote: make it private, or set TREADLE_SUPABASE_BUCKET"
                ]
            )
        self._is_private = True

    def _is_public(self) -> bool:
        with _calling(self._name):
            return self._storage.get_bucket(self._name).public


class _Missing(GoneError):
    """There is no such object or bucket."""


class _Taken(UserError):
    """There is such an object or bucket already."""


@contextmanager
def _calling(bucket: str) -> Iterator[None]:
    """Turns what may go wrong with a call into errors that say what to do."""
    try:
        yield
    except StorageApiError as error:
        raise _fault(error, bucket) from None
    except httpx.TimeoutException:
        raise TransientError("Supabase Storage did not answer in time.") from None
    except httpx.HTTPError as error:
        raise TransientError(
            f"Supabase Storage cannot be reached ({type(error).__name__}): check "
            "TREADLE_SUPABASE_URL."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise TransientError(
            "What answers at TREADLE_SUPABASE_URL is not Supabase Storage."
        ) from None


def _fault(error: StorageApiError, bucket: str) -> TreadleError:
    """Reads the status that Storage gives in its answer, which HTTP's own may differ from.

    https://supabase.com/docs/guides/storage/debugging/error-codes
    """
    try:
        status = int(error.status)
    except ValueError:
        status = 0
    if status == _NOT_FOUND:
        return _Missing(f"Supabase Storage has no bucket {bucket} or no such file.")
    if status == _CONFLICT:
        return _Taken("Supabase Storage has such a file or bucket already.")
    if status in _REFUSED:
        return ConfigError(
            [
                "Supabase refuses TREADLE_SUPABASE_SERVICE_KEY: copy the project's secret "
                "(service_role) key anew"
            ]
        )
    if status == _TOO_LARGE:
        return UserError(
            "The adapter is larger than Supabase Storage takes: raise the project's limit for "
            "uploads, or that of the bucket."
        )
    if status in _PASSING or status >= 500:
        return TransientError(f"Supabase Storage has a passing fault (status {status}).")
    return UserError(f"Supabase Storage refuses the call (status {status}).")
