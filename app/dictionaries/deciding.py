"""What the operator decides of a dictionary: which version, and what of single phrases."""

from rich.console import Console

from app.bootstrap.offline import offline_for
from app.domain import OPERATOR
from app.flows.deciding import WORDS, By
from app.flows.phrase_verbs import RULINGS
from app.settings import Settings

BY = By(person=OPERATOR)


def roll_back(settings: Settings, full_name: str, version: int, *, console: Console) -> None:
    """Goes back to a version of a repository's dictionary.

    Raises:
        UserError: the repository is not known, or the version is not kept.
    """
    with offline_for(settings, full_name) as (bot, repository):
        saved = bot.deciding.roll_back(repository.id, version, BY)
    console.print(
        f"{full_name} weighs phrases as in version {version} again; that is version "
        f"{saved.version}. What was said in between is set aside until --resume.",
        markup=False,
    )


def resume(settings: Settings, full_name: str, *, console: Console) -> None:
    """Lets all count again that roll-backs of a repository's dictionary set aside.

    Raises:
        UserError: the repository is not known, or nothing is set aside.
    """
    with offline_for(settings, full_name) as (bot, repository):
        saved = bot.deciding.resume(repository.id, BY)
    console.print(
        f"All that was said in {full_name} counts again: version {saved.version}.", markup=False
    )


def rule_on_phrase(
    settings: Settings, full_name: str, verb: str, text: str, *, console: Console
) -> None:
    """Pins, forbids, deletes or frees a phrase, as its operator.

    Raises:
        UserError: the repository is not known, the text can be no phrase, or nothing was decided
            about the one to be freed.
    """
    with offline_for(settings, full_name) as (bot, repository):
        if verb not in RULINGS:
            phrase = bot.deciding.free_phrase(repository.id, text, BY)
            console.print(f"{phrase}: what people say of it decides again.", markup=False)
            return
        phrase = bot.deciding.phrase(repository.id, text, RULINGS[verb], BY)
    console.print(f"{phrase}: {WORDS[RULINGS[verb]]}.", markup=False)
