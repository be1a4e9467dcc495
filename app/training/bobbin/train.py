"""Trains bobbin from nothing: `python -m app.training.bobbin.train`.

Everything is kept in one folder (`build/bobbin` unless told): the corpus, the tokenizer,
`state.pt`, from which a killed run goes on, and `export`, the newest model as a Hugging Face
folder. The rate of learning warms up, stays, and decays in the last part of a round (Hu et
al. 2024, arXiv 2404.06395), so that a round is given more or fewer steps without another
beginning, as long as it has not begun to decay. The first round gives a usable model; a second
one, at a lower rate, a better one (warm restarts: Loshchilov and Hutter 2017, arXiv 1608.03983).
What is exported after it is a mean of both rounds' ends, which does better on other questions
than those trained on (Izmailov et al. 2018, arXiv 1803.05407; Wortsman et al. 2022, arXiv
2109.01903).
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch.optim import AdamW, Muon
from transformers import PreTrainedTokenizerFast

from app.errors import TreadleError, UserError
from app.training.bobbin import tokenizer as tokenizers
from app.training.bobbin.batches import collate
from app.training.bobbin.corpus import Missing, load
from app.training.bobbin.encode import Encoded
from app.training.bobbin.export import export
from app.training.bobbin.losses import Weights, parts, total
from app.training.bobbin.net import Size, hidden, new
from app.training.bobbin.pages import Document
from app.training.bobbin.stream import Source, here, stream

FOLDER = Path("build") / "bobbin"
GROUPS = 2
STEP_OF_LENGTH = 64
SAY_EVERY = 20
"""Steps between two lines of progress."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Everything that decides what comes out; the same recipe gives the same model.

    `rows` pages of at most `length` tokens are read in a step. Rates are the highest, for
    matrices (Muon: https://kellerjordan.github.io/posts/muon/, scaled as in arXiv 2502.16982)
    and for the embedding and the norms (AdamW). The first round has `steps` steps, the second
    `longer` at the share `again` of these rates; the first has the share `first` in the mean of
    both. `warm` and `decay` are shares of a round. Over
    the first `easy` steps the questions come to be as far from their sentences as people's; yes/no
    questions are few, and unled, before step `unchecked`: there is nothing to judge while
    nothing is repeated well.
    """

    seed: int = 0
    steps: int = 4400
    longer: int = 2400
    rows: int = 16
    length: int = 448
    easy: int = 1200
    unchecked: int = 700
    matrix_rate: float = 2e-3
    vector_rate: float = 1.5e-3
    warm: float = 0.02
    decay: float = 0.4
    again: float = 0.6
    first: float = 0.25
    size: Size = field(default_factory=Size)
    weights: Weights = field(default_factory=Weights)

    def rate(self, step: int) -> float:
        """Returns the share of the highest rate at a step."""
        second = step >= self.steps
        step, steps = (step - self.steps, self.longer) if second else (step, self.steps)
        warm = min(1.0, (step + 1) / max(1, round(self.warm * steps)))
        left = (steps - step) / max(1, round(self.decay * steps))
        return min(warm, left, 1.0) * (self.again if second else 1.0)

    @property
    def end(self) -> int:
        """The steps of both rounds."""
        return self.steps + self.longer


class Run:
    """One training, from its newest checkpoint on."""

    def __init__(
        self,
        recipe: Recipe,
        folder: Path,
        *,
        documents: Sequence[Document] | None = None,
        compiled: bool = True,
    ) -> None:
        """Reads the newest checkpoint of the folder, if it has one.

        Args:
            recipe: what to train.
            folder: where everything is kept.
            documents: other text than the corpus.
            compiled: whether to compile the network, which pays from some hundred steps on.

        Raises:
            UserError: the checkpoint is of another recipe.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.recipe = recipe
        self.folder = folder
        self.step = 0
        self.seconds = 0.0
        self.tokens = 0
        self.documents = load(folder / "corpus").training if documents is None else documents
        self.tokenizer = self._tokenizer()
        self.model = new(
            recipe.size,
            recipe.seed,
            end=self.tokenizer.eos_token_id,
            padding=self.tokenizer.pad_token_id,
        )
        matrices = [p for p in self.model.model.layers.parameters() if p.ndim == 2]
        others = [p for p in self.model.parameters() if not any(p is m for m in matrices)]
        self.optimizers: list[torch.optim.Optimizer] = [
            Muon(
                matrices,
                lr=recipe.matrix_rate,
                weight_decay=0.05,
                adjust_lr_fn="match_rms_adamw",
            ),
            AdamW(others, lr=recipe.vector_rate, betas=(0.9, 0.95), weight_decay=0.0),
        ]
        self._first: dict[str, torch.Tensor] = {}
        self._hidden = torch.compile(hidden, dynamic=False) if compiled else hidden
        self._resume()

    def train(self, *, keep_every: float, ahead: bool = True) -> Iterator[dict[str, float]]:
        """Runs to the end, yielding the losses of each step; keeps a checkpoint now and then.

        Args:
            keep_every: seconds between checkpoints.
            ahead: whether another process makes the pages while this one learns.
        """
        source = Source(
            self.documents,
            self.tokenizer,
            seed=self.recipe.seed,
            rows=self.recipe.rows,
            length=self.recipe.length,
            easy=self.recipe.easy,
            unchecked=self.recipe.unchecked,
        )
        kept = time.monotonic()
        made = stream if ahead else here
        began = time.monotonic()
        for pages in made(source, self.step, self.recipe.end):
            rate = self.recipe.rate(self.step)
            for optimizer in self.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = rate * group.setdefault("highest", group["lr"])
            found = self._learn(pages)
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            for optimizer in self.optimizers:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            self.step += 1
            self.tokens += sum(len(one.ids) for one in pages)
            self._keep_first()
            now = time.monotonic()
            self.seconds, began = self.seconds + now - began, now
            yield found
            if time.monotonic() - kept > keep_every or self.step == self.recipe.end:
                self.keep()
                kept = time.monotonic()

    def _learn(self, pages: Sequence[Encoded]) -> dict[str, float]:
        """Adds the gradients of a step's pages; returns the parts of the loss.

        Pages of like length are read together: less padding, and few shapes to compile.
        """
        weights = self.recipe.weights
        if self.step < self.recipe.unchecked:
            weights = replace(weights, same=0.0, blamed=0.0)
        order = sorted(pages, key=lambda one: len(one.ids))
        share = -(-len(order) // GROUPS)
        groups = [order[at : at + share] for at in range(0, len(order), share)]
        sums: dict[str, float] = {}
        for group in groups:
            length = -(-len(group[-1].ids) // STEP_OF_LENGTH) * STEP_OF_LENGTH
            batch = collate(group, length, self.tokenizer.pad_token_id)
            with torch.autocast("cpu", torch.bfloat16):
                states, scores = self._hidden(self.model, batch.ids, weights.heads)
                found = parts(self.model, states, scores, batch, weights)
            loss = total(found, weights) / len(groups)
            loss.backward()  # type: ignore[no-untyped-call]
            for name, value in {"loss": loss * len(groups), **found}.items():
                sums[name] = sums.get(name, 0.0) + value.item() / len(groups)
        return sums

    def mean(self) -> dict[str, torch.Tensor]:
        """Returns the weights so far: in the second round, a mean with those of the first."""
        now: dict[str, torch.Tensor] = self.model.state_dict()
        return {
            name: torch.lerp(value, self._first[name], self.recipe.first) if self._first else value
            for name, value in now.items()
        }

    def _keep_first(self) -> None:
        if self.step == self.recipe.steps and self.recipe.longer:
            self._first = {name: value.clone() for name, value in self.model.state_dict().items()}

    def keep(self) -> None:
        """Writes the checkpoint, in one move, and the model so far."""
        state = {
            "recipe": asdict(self.recipe),
            "step": self.step,
            "seconds": self.seconds,
            "tokens": self.tokens,
            "model": self.model.state_dict(),
            "first": self._first,
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }
        aside = self.folder / "state.pt.new"
        torch.save(state, aside)
        aside.replace(self.folder / "state.pt")
        facts = {
            "step": self.step,
            "minutes": round(self.seconds / 60, 1),
            "tokens": self.tokens,
            "recipe": asdict(self.recipe),
        }
        export(self.model, self.mean(), self.tokenizer, facts, self.folder / "export")

    def _resume(self) -> None:
        path = self.folder / "state.pt"
        if not path.exists():
            return
        state: dict[str, Any] = torch.load(path, weights_only=True)
        steps = {name: state["recipe"].pop(name) for name in ("steps", "longer")}
        before = replace(self.recipe, **steps)
        if {**state["recipe"], **steps} != json.loads(json.dumps(asdict(before))):
            raise UserError(f"{path} is of another recipe: remove it, or name another folder")
        last = state["step"] - 1
        if before.rate(last) != self.recipe.rate(last):
            raise UserError(f"{path} has begun to decay: its number of steps cannot change")
        self.step, self.seconds = state["step"], state["seconds"]
        self.tokens = state["tokens"]
        self.model.load_state_dict(state["model"])
        self._first = state["first"]
        self._keep_first()
        for optimizer, kept in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(kept)

    def _tokenizer(self) -> PreTrainedTokenizerFast:
        """Reads the tokenizer, or trains it on the corpus."""
        folder = self.folder / "tokenizer"
        if not folder.exists():
            texts = (text for document in self.documents for text in document.sentences)
            made = tokenizers.train(texts, vocabulary=self.recipe.size.vocabulary)
            aside = folder.with_suffix(".new")
            made.save_pretrained(aside)
            aside.replace(folder)
        read: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
        return read


def main() -> None:
    """Trains, or goes on with, a model; prints its losses."""
    options = argparse.ArgumentParser(description="Train bobbin from nothing, or go on.")
    options.add_argument("--folder", type=Path, default=FOLDER)
    options.add_argument("--steps", type=int, default=Recipe().steps)
    options.add_argument(
        "--longer", type=int, default=Recipe().longer, help="0: the first round alone"
    )
    options.add_argument("--keep-every", type=float, default=300.0, metavar="SECONDS")
    options.add_argument("--threads", type=int, default=0, help="0: one a core")
    given = options.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    try:
        run = Run(replace(Recipe(), steps=given.steps, longer=given.longer), given.folder)
    except (TreadleError, Missing) as error:
        raise SystemExit(str(error)) from error
    _say(f"{len(run.documents)} documents; step {run.step} of {run.recipe.end}")
    sums: dict[str, float] = {}
    for losses in run.train(keep_every=given.keep_every):
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + value / SAY_EVERY
        if run.step % SAY_EVERY == 0:
            speed = run.tokens / max(run.seconds, 1e-9)
            left = (run.recipe.end - run.step) * run.seconds / max(run.step, 1) / 60
            shown = "  ".join(f"{name} {value:.3f}" for name, value in sums.items())
            _say(f"{run.step:5d}  {shown}  {speed:,.0f} tokens/s  {left:.0f} min left")
            sums = {}
    _say(f"the model is in {run.folder / 'export'}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
