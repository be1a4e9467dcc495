"""LoRA adapters that a vLLM server loads while it runs.

The server must run with `--enable-lora` and `VLLM_ALLOW_RUNTIME_LORA_UPDATING=True`, and see
the adapters' folders under the same paths. https://docs.vllm.ai/en/latest/features/lora/
"""

import re
import threading

import structlog

from app.errors import UserError
from app.models.remote.faults import Refused, Unwell
from app.models.remote.server import Server

log = structlog.get_logger()

_NAME = re.compile(r"[A-Za-z0-9][\w-]{0,127}")


class Adapters:
    """The adapters of one server; safe to use from several threads.

    A name stands for one folder for ever: servers keep what they know under a name in caches,
    so that another version needs another name.
    """

    def __init__(self, server: Server) -> None:
        """Knows no adapter yet; the server may have some that it was started with."""
        self._server = server
        self._folders: dict[str, str] = {}
        self._loaded: set[str] = set()
        self._lock = threading.Lock()

    def add(self, name: str, folder: str) -> None:
        """Loads an adapter; that it is loaded already is fine.

        Args:
            name: letters, digits, `_` and `-`.
            folder: where it is, as the server sees it.

        Raises:
            ValueError: the name has other characters.
            UserError: the name stood for another folder, or the server cannot load it, and why.
            TransientError: the server cannot be asked now.
        """
        if not _NAME.fullmatch(name):
            raise ValueError("an adapter's name has letters, digits, `_` and `-` alone")
        with self._lock:
            if self._folders.setdefault(name, folder) != folder:
                raise UserError(f"the adapter {name} was loaded from another folder")
            self._load(name)

    def ensure(self, name: str) -> None:
        """Loads an adapter that was added, where the server lost it; raises as `add` does."""
        with self._lock:
            if name in self._folders and name not in self._loaded:
                self._load(name)

    def remove(self, name: str) -> None:
        """Takes a retired adapter off the server; that it is not there is fine.

        Raises:
            UserError: the server cannot do it, and why.
            TransientError: the server cannot be asked now.
        """
        with self._lock:
            self._loaded.discard(name)
            try:
                self._server.post("unload_lora_adapter", {"lora_name": name}, plain=True)
            except Refused as error:
                if error.status != 404 or error.no_route:
                    raise _unsupported(error) from None
            log.info("model.adapter.unloaded", adapter=name)

    def forget(self, name: str) -> None:
        """Notes that the server no longer has an adapter, as after its restart."""
        with self._lock:
            self._loaded.discard(name)

    def _load(self, name: str) -> None:
        sent = {"lora_name": name, "lora_path": self._folders[name]}
        try:
            self._server.post("load_lora_adapter", sent, plain=True)
        except Refused as error:
            if error.status != 400 or not error.says("already"):
                raise _unsupported(error) from None
        except Unwell as error:
            if error.status != 500:
                raise
            raise UserError(
                "the model's server cannot load the adapter: it must run with --enable-lora, "
                "and with a --max-lora-rank that is not below the adapter's"
            ) from None
        self._loaded.add(name)
        log.info("model.adapter.loaded", adapter=name)


def _unsupported(error: Refused) -> UserError:
    if error.no_route:
        return UserError(
            "the model's server cannot load adapters while it runs: with vLLM, start it with "
            "--enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True"
        )
    if error.status == 404:
        return UserError(
            "the model's server does not see the adapter's folder: it needs the adapters under "
            "the same path as Treadle"
        )
    return error
