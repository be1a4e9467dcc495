"""The one language model of a process, and what people are told of it."""

import threading

import structlog

from app.errors import TreadleError
from app.models.catalogue import BOBBIN, EXTRACT, name_of, open_model
from app.models.local import LocalModel
from app.models.remote import RemoteModel
from app.settings import Settings

log = structlog.get_logger()

NOTE = (
    "Answers here are drafted by bobbin, a demonstration model; whoever runs this bot sets a "
    "real one with TREADLE_MODEL (docs/models.md of Treadle)."
)


class Present:
    """The model that the settings name, opened with its first use and shared by all asks."""

    def __init__(self, settings: Settings) -> None:
        """Looks at nothing but the settings; nothing is loaded or asked."""
        self._settings = settings
        self._lock = threading.Lock()
        self._opened: LocalModel | RemoteModel | None = None

    @property
    def name(self) -> str:
        """What it is called in replies; `extract` where there is none."""
        return EXTRACT if self._settings.model == EXTRACT else name_of(self._settings)

    @property
    def note(self) -> str:
        """What everybody who reads its answers is told; empty for a model that is set."""
        return NOTE if self._settings.model == BOBBIN and not self._settings.model_url else ""

    @property
    def place(self) -> str:
        """Where it runs, for whoever runs the bot; as the settings say where nothing is loaded."""
        if self._settings.model == EXTRACT:
            return "no language model"
        if self._settings.model_url:
            return "a server"
        opened = self._opened
        loaded = opened.loaded if isinstance(opened, LocalModel) else None
        if loaded is None:
            return f"device {self._settings.model_device}"
        return f"{loaded.device}, {loaded.dtype}"

    def opened(self) -> LocalModel | RemoteModel:
        """Returns the model; a local one is loaded with the first job that it is given.

        Raises:
            ValueError: the settings name none.
        """
        with self._lock:
            if self._opened is None:
                self._opened = open_model(self._settings)
            return self._opened

    def warm(self) -> None:
        """Begins to load a local model, so that the first ask need not wait; returns at once."""
        if self._settings.model == EXTRACT or self._settings.model_url:
            return
        model = self.opened()
        assert isinstance(model, LocalModel)
        try:
            model.start()
        except TreadleError as error:
            # The first ask tries again, and its asker is told.
            log.warning("model.cold", model=self.name, cause=str(error))

    def load(self) -> None:
        """Loads a local model, however long that takes; does nothing for others.

        Raises:
            UserError: it cannot be loaded.
            TransientError: its process died.
        """
        if self._settings.model != EXTRACT and not self._settings.model_url:
            self.opened().describe()

    def close(self) -> None:
        """Ends the model's process or connections, if there are any."""
        with self._lock:
            opened = self._opened
        if opened is not None:
            opened.close()
