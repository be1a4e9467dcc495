"""Language models for the tests of this folder, that say what a script tells them to."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain import Answer, Dictionary, Memory, Piece, Prompt, Question, Usage
from app.errors import TooLong
from app.layouts import Layout
from app.weave.answer import Composer, ComposerConfig, ModelUse
from tests.unit.weave.made import corpus, dictionary

COST = Usage(read=100, written=7)
_SOURCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)


@dataclass
class ScriptedSession:
    """Gives the pieces that its model's script has after each beginning, as often as wanted."""

    model: "Scripted"
    prompt: Prompt
    closed: int = 0
    expanded: list[tuple[str, int]] = field(default_factory=list)
    judged: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    measured: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return self.model.whole

    @property
    def usage(self) -> Usage:
        return COST

    def fail_at(self, call: str) -> None:
        self.model.fail_at(call)
        if call in self.model.too_long and self.model.too_long[call](self):
            raise TooLong("shorter")

    def number(self, text: str) -> int:
        """Returns the number of the page's source with that text."""
        return next(int(n) for n, said in _SOURCE.findall(self.prompt.text) if said == text)

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        self.fail_at("expand")
        assert not self.closed
        found = []
        for prefix, count in zip(prefixes, counts, strict=True):
            assert not (prefix and self.whole)
            self.expanded.append((prefix, count))
            texts = self.model.script(self, prefix)
            found.append([self._piece(texts[at % len(texts)]) for at in range(count) if texts])
        return found

    def _piece(self, text: str) -> Piece:
        """A text ends the answer unless it ends with a line or `~`, which stands for nothing."""
        going = text.endswith(("\n", "~"))
        return Piece(text=text.removesuffix("~"), finished=not going, logprob=-1.0)

    def yes_no(self, texts: Sequence[str], question: str) -> list[float]:
        self.fail_at("yes_no")
        self.judged.append((tuple(texts), question))
        return [self.model.judge(text, question) for text in texts]

    def logprob(self, texts: Sequence[str]) -> list[float] | None:
        self.fail_at("logprob")
        self.measured.append(tuple(texts))
        if self.model.likely is None:
            return None
        return [self.model.likely(text) for text in texts]

    def again(self, prompt: Prompt) -> "ScriptedSession":
        self.fail_at("again")
        self.model.sessions.append(ScriptedSession(model=self.model, prompt=prompt))
        return self.model.sessions[-1]

    def close(self) -> None:
        self.closed += 1


@dataclass
class Scripted:
    """A model; `script` gives the texts of the pieces that may follow a beginning."""

    script: Callable[[ScriptedSession, str], Sequence[str]] = lambda session, prefix: ()
    judge: Callable[[str, str], float] = lambda text, question: 0.0
    likely: Callable[[str], float] | None = None
    whole: bool = False
    faults: Mapping[str, Exception] = field(default_factory=dict)
    too_long: Mapping[str, Callable[[ScriptedSession], bool]] = field(default_factory=dict)
    name: str = "scripted"
    reads: int = 0
    sessions: list[ScriptedSession] = field(default_factory=list)
    adapters: list[tuple[str, int]] = field(default_factory=list)

    def fail_at(self, call: str) -> None:
        if call in self.faults:
            raise self.faults[call]

    def context(self) -> int:
        self.fail_at("context")
        return self.reads

    def session(self, prompt: Prompt, *, adapter: str = "", seed: int = 0) -> ScriptedSession:
        self.adapters.append((adapter, seed))
        self.sessions.append(ScriptedSession(model=self, prompt=prompt))
        return self.sessions[-1]

    def close(self) -> None:
        raise AssertionError("a composer does not end the model")


def says(*texts: str) -> Callable[[ScriptedSession, str], Sequence[str]]:
    """Makes a script that begins with one of these texts; what goes on goes on with nothing."""
    return lambda session, prefix: () if prefix else texts


def ask_model(
    model: Scripted,
    question: str,
    *,
    layout: Layout,
    memories: Sequence[Memory] = (),
    words: Dictionary | None = None,
    files: dict[str, str] | None = None,
    config: ComposerConfig | None = None,
    **use: object,
) -> Answer:
    """Answers with a model; every session must be closed once, whatever happens."""
    composer = Composer.of(model, ModelUse(layout=layout, **use), config)  # type: ignore[arg-type]
    try:
        return composer.answer(
            Question(text=question),
            corpus=corpus(files),
            memories=memories,
            dictionary=words or dictionary(),
        )
    finally:
        assert [session.closed for session in model.sessions] == [1] * len(model.sessions)
