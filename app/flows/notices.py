"""The fixed texts that are posted where there is no answer: help, refusal, apology."""

from collections.abc import Mapping, Sequence

from app.domain import Run, RunState
from app.flows.policy import Policy, fault_report

APOLOGY = (
    "Something went wrong while looking for an answer, and trying again did not help. "
    "Nothing is lost: ask again in a new comment in a little while."
)

MODEL_UNUSABLE = (
    "The language model of this installation cannot be used; its maintainers find why with "
    "`treadle doctor`. Ask again in a new comment once they have."
)


def refusal(reason: str) -> str:
    """Returns the comment that tells an asker what they can put right."""
    return reason


def help_text(policy: Policy, faults: Mapping[str, Sequence[str]]) -> str:
    """Returns what people can write and do, and what is wrong in which configuration file."""
    lines = [
        f"**{policy.name}** answers from this repository's own text.",
        "",
        f"- `/{policy.command} your question` at the start of a line: an answer with its sources",
        "- 👍 or 👎 on a reply: says whether it helped; taking it back takes back what it taught",
        *(
            ["- 😕 on a reply, by who asked or with write access: another answer, once"]
            if policy.another_answer
            else []
        ),
        "- editing a reply (with write access): the correction is used and cited from then on",
        "- `/retrain` (with maintain permission): trains an adapter on what people here taught",
        "- `/treadle` with a verb (its list: `/treadle` alone): rules on what was learned",
        "- `/forget`: what a reply taught is forgotten; `/forget mine`: all that you said here",
        "- `/no-ai`: no replies in this thread, until `/ai`",
        "- `/help`: this text",
    ]
    for path, wrong in faults.items():
        lines += ["", fault_report(wrong, path)]
    return "\n".join(lines)


def another_try(url: str) -> str:
    """Returns the words under a second answer, with the address of the first."""
    return f"This is another try, since [the first answer]({url}) did not help."


def faulty(faults: Mapping[str, Sequence[str]]) -> str:
    """Returns the words under a reply to somebody who can mend the configuration files."""
    told = [
        f"`{path}` has {'a fault' if len(wrong) == 1 else f'{len(wrong)} faults'}"
        for path, wrong in faults.items()
    ]
    return f"{' and '.join(told)}: `/help` lists what to mend."


def ordered(run: Run) -> str:
    """Returns the words for who asked for a training run."""
    if run.state is RunState.WAITING:
        return (
            f"A training run is queued (`{run.id}`). It trains an adapter on what people here "
            "taught, and compares its answers with those of today on questions that it did not "
            "see. Answers use it only if it earns that; the dashboard shows how far it is and "
            "what came of it, as `treadle train` does where the bot runs."
        )
    return f"The training run `{run.id}` is {run.state.value}. {run.reason}".strip()
