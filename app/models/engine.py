"""A local model in this process: runs jobs of several asks and adapters in shared batches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch

from app.errors import TreadleError, UserError
from app.layouts.chat import Chat
from app.layouts.wording import Wording
from app.models.adapters import Adapters
from app.models.guiding import Guides
from app.models.jobs import Context, Done, Job, ModelSpec
from app.models.judging import Judge
from app.models.loading import Loaded, load
from app.models.memory import Batches
from app.models.net import Net
from app.models.reader import Reader
from app.models.runs import Run, Tools
from app.models.shelf import Shelf
from app.models.spellings import Spellings
from app.models.trails import Trails
from app.models.ways import choose
from app.models.writing import Writer


class Engine:
    """A loaded model with its adapters and caches. For one thread at a time.

    Attributes:
        wording: what the model's tokenizer makes of texts, and which tokens end them.
        spellings: which tokens say yes and no.
    """

    def __init__(self, spec: ModelSpec, loaded: Loaded) -> None:
        self._spec = spec
        self._loaded = loaded
        self._net = Net(loaded.model, loaded.device)
        with torch.inference_mode():
            way = choose(self._net)
        reader = Reader(way, Shelf(spec.cache_tokens), Batches(spec.rows))
        wording = Wording(loaded.tokenizer, loaded.model)
        self.wording = wording
        self.spellings = Spellings.of(loaded.tokenizer)
        chat = Chat(wording)
        self._adapters = Adapters(self._net, way)
        config = loaded.model.config.get_text_config(decoder=True)
        self._tools = Tools(
            spec=spec,
            reader=reader,
            chat=chat,
            trails=Trails(wording, chat),
            writer=Writer(spec, way, wording),
            judge=Judge(way, self.spellings, wording, self._net.words),
            guides=Guides(loaded.tokenizer, wording.ends, self._net.words),
            most=getattr(config, "max_position_embeddings", None),
        )

    @classmethod
    def load(cls, spec: ModelSpec) -> Self:
        """Loads a model.

        Raises:
            UserError: it cannot be had or used; says what to do.
        """
        return cls(spec, load(spec))

    @property
    def name(self) -> str:
        """The model's folder or id."""
        return self._spec.source

    @property
    def has_chat_template(self) -> bool:
        """Whether prompts go through the model's own chat template."""
        return self._tools.chat.templated

    @property
    def device(self) -> str:
        """Where the model runs."""
        return str(self._loaded.device)

    @property
    def dtype(self) -> str:
        """The type of the model's numbers."""
        return str(self._loaded.dtype).removeprefix("torch.")

    @property
    def parameters(self) -> int:
        """How many parameters the model has."""
        return self._loaded.parameters

    @property
    def context(self) -> int:
        """How many tokens the model can read; 0 where it does not say."""
        return self._tools.most or 0

    @property
    def seconds(self) -> float:
        """Time spent in forward passes since the model was loaded."""
        return self._net.seconds

    @property
    def adapters(self) -> tuple[str, ...]:
        """The names of the adapters that can be used now."""
        return self._adapters.names

    def ids(self, context: Context, text: str) -> tuple[int, ...]:
        """Returns the tokens of a draft with its prompt, as they were sampled if they were."""
        trail = self._tools.trails.of(context)
        return (*trail.ids, *self._tools.trails.ids(trail, text))

    def add_adapter(self, name: str, folder: Path) -> None:
        """Loads an adapter; one that is loaded stays as it is.

        Raises:
            UserError: the name or the adapter cannot be used, or it changes nothing.
        """
        self._adapters.add(name, folder)

    def remove_adapter(self, name: str) -> None:
        """Unloads an adapter and frees what was read under it.

        Raises:
            UserError: there is no such adapter.
        """
        self._adapters.remove(name)
        self._tools.reader.shelf.drop(name)
        self._tools.trails.forget_adapter(name)

    def forget(self, context: Context) -> None:
        """Frees what is kept for an ask, unless another with the same prompt goes on."""
        ids = self._tools.trails.forget(context)
        if ids is not None:
            self._tools.reader.shelf.drop(context.adapter, ids)

    @torch.inference_mode()
    def run(self, jobs: Sequence[Job]) -> Sequence[Done | TreadleError]:
        """Runs jobs of any asks and adapters together; each has its result or error in place."""
        strange = {job.context.adapter for job in jobs} - {"", *self.adapters}
        ready = [job for job in jobs if job.context.adapter not in strange]
        found = iter(Run(self._tools).run(ready))
        return [
            UserError(f"The adapter {job.context.adapter} is not loaded.")
            if job.context.adapter in strange
            else next(found)
            for job in jobs
        ]
