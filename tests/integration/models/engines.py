"""An engine without a model, which a host process can be told to use in tests.

What it does on purpose is told by the model's source and by the prompts.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.domain import Piece, Usage
from app.errors import TooLong, TransientError, TreadleError, UserError
from app.models.jobs import Context, Done, Expand, Job, ModelSpec, YesNo


class Fake:
    """Answers each job with its own words and the number and size of the run."""

    has_chat_template = False
    device, dtype, parameters, context = "cpu", "float32", 12_345, 4096

    def __init__(self, name: str, seconds: float) -> None:
        self.name = name
        self.adapters: list[str] = []
        self._seconds = seconds
        self._runs = 0
        self._forgotten: list[str] = []
        self._prompts: list[str] = []

    @classmethod
    def load(cls, spec: ModelSpec) -> "Fake":
        """Loads `NAME SECONDS`: a run takes so long."""
        name, _, seconds = spec.source.partition(" ")
        if name == "broken":
            sys.stderr.write("a library's words while loading\n")
            raise UserError("there are no weights in this folder")
        if name == "odd":
            raise ValueError("unknown architecture Foo")
        if name == "deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "sluggish":
            time.sleep(60)
        return cls(name, float(seconds or 0))

    def add_adapter(self, name: str, folder: Path) -> None:
        if not folder.is_dir():
            raise UserError(f"the adapter {name} has no folder")
        self.adapters.append(name)

    def remove_adapter(self, name: str) -> None:
        self.adapters.remove(name)

    def forget(self, context: Context) -> None:
        self._forgotten.append(context.prompt)

    def run(self, jobs: Sequence[Job]) -> Sequence[Done | TreadleError]:
        self._runs += 1
        time.sleep(self._seconds)
        return [self._one(job, len(jobs)) for job in jobs]

    def _one(self, job: Job, size: int) -> Done | TreadleError:
        prompt = job.context.prompt
        self._prompts.append(prompt)
        if "kill" in prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        if "segfault" in prompt:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "hang" in prompt:
            time.sleep(60)
        if "long" in prompt:
            time.sleep(1)
        if "fault" in prompt:
            raise KeyError(prompt)
        if "noise" in prompt:
            sys.stderr.write(f"a library quotes {prompt}\n")
            sys.stderr.flush()
        if "user" in prompt:
            return TooLong("this prompt is too long for the model")
        if "later" in prompt:
            return TransientError("out of memory with one text")
        adapter = job.context.adapter
        if adapter and adapter not in self.adapters:
            return UserError(f"no adapter {adapter}")
        if isinstance(job, Expand):
            return Done(
                result=tuple(
                    tuple(
                        Piece(
                            text=f"{prompt}|{adapter}|{prefix}|{at}|{self._runs}|{size}",
                            finished=at == 0,
                            logprob=-0.1 * at,
                        )
                        for at in range(count)
                    )
                    for prefix, count in zip(job.prefixes, job.counts, strict=True)
                ),
                usage=Usage(read=100, cached=90, written=sum(job.counts)),
            )
        if isinstance(job, YesNo):
            known = {
                "adapters": len(self.adapters),
                "forgotten": len(self._forgotten),
                "pid": os.getpid(),
                "secrets": sum(name.startswith("TREADLE_") for name in os.environ),
                "seen": self._prompts.count("second"),
            }
            value = float(known.get(job.question, len(job.question)))
            return Done(result=tuple(value for _ in job.texts), usage=Usage(read=10))
        return Done(result=tuple(-float(len(text)) for text in job.texts), usage=Usage(read=5))
