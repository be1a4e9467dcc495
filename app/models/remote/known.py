"""What has been found out about a server, shared by all asks."""

import threading

import structlog

from app.models.remote.dialect import Dialect, Way, find
from app.models.remote.faults import Refused, Unwell
from app.models.remote.server import Server

log = structlog.get_logger()


class Known:
    """Facts about one model at one server; safe to use from several threads.

    Attributes:
        most: texts that one request may ask for at most, as learned; 0 where there was no limit.
        echo: whether the server gives the log-probabilities of a prompt; None until tried.
        way: how it is asked to hold a text to a format (`app.models.remote.forms`), empty where
            it cannot; None until tried.
    """

    def __init__(self, server: Server, model: str, mode: str) -> None:
        """Knows nothing yet, and asks nothing before it is needed."""
        self.most = 0
        self.echo: bool | None = None
        self.way: Way | None = None
        self._server = server
        self._model = model
        self._mode = mode
        self._dialect: Dialect | None = None
        self._context: int | None = None
        self._lock = threading.Lock()

    @property
    def dialect(self) -> Dialect:
        """What the server understands; found out at the first use, by one thread.

        Raises:
            UserError: the server cannot be used.
            TransientError: it cannot be asked now; the next use asks again.
        """
        with self._lock:
            if self._dialect is None:
                self._dialect = find(self._server, self._model, self._mode)
            return self._dialect

    @property
    def context(self) -> int:
        """How many tokens the model can read, 0 where the server does not say; asked once.

        vLLM says so in its list of models, under `max_model_len`. A server without a list is not
        asked again, nor is one that fails at it, as `transformers serve` does without a hub.

        Raises:
            UserError: the server refused the key.
            TransientError: it cannot be asked now.
        """
        with self._lock:
            if self._context is None:
                self._context = self._listed()
            return self._context

    def _listed(self) -> int:
        try:
            found = self._server.get("models").get("data")
        except (Refused, Unwell) as error:
            if not error.status:
                # It could not be reached.
                raise
            log.info("model.context_unknown", model=self._model, cause=str(error))
            return 0
        for entry in found if isinstance(found, list) else ():
            if isinstance(entry, dict) and entry.get("id") == self._model:
                most = entry.get("max_model_len")
                return most if type(most) is int and most > 0 else 0
        return 0
