"""What has been found out about a server, shared by all asks."""

import threading

from app.models.remote.dialect import Dialect, find
from app.models.remote.server import Server


class Known:
    """Facts about one model at one server; safe to use from several threads.

    Attributes:
        most: texts that one request may ask for at most, as learned; 0 where there was no limit.
        echo: whether the server gives the log-probabilities of a prompt; None until tried.
    """

    def __init__(self, server: Server, model: str, mode: str) -> None:
        """Knows nothing yet, and asks nothing before it is needed."""
        self.most = 0
        self.echo: bool | None = None
        self._server = server
        self._model = model
        self._mode = mode
        self._dialect: Dialect | None = None
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
