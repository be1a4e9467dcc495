"""`/treadle pin "a phrase"` and its like: what writers decide about phrases in a thread."""

from collections.abc import Mapping

from app.domain import Permission, RulingWhat
from app.errors import UserError
from app.flows.deciding import WORDS, By, Deciding
from app.flows.verbs import TREADLE, Told, Verb
from app.text.safe import as_code

RULINGS: Mapping[str, RulingWhat] = {
    "pin": RulingWhat.PINNED,
    "forbid": RulingWhat.FORBIDDEN,
    "delete": RulingWhat.DELETED,
}
"""The words that people decide with; `free` takes it back."""
FREE = "free"


def phrase_verbs(deciding: Deciding) -> Mapping[str, Verb]:
    """Returns the verbs about phrases."""

    def rule(what: RulingWhat) -> Verb:
        name = next(one for one, meant in RULINGS.items() if meant is what)

        def act(told: Told) -> str:
            words = _required(told, name)
            by = By(person=told.person, url=told.url, at=told.at)
            phrase = deciding.phrase(told.repository.id, words, what, by)
            return f"{as_code(phrase)} is {WORDS[what]}. `/{TREADLE} {FREE} …` takes that back."

        return Verb(usage=f'{name} "a phrase"', needed=Permission.WRITE, act=act)

    def free(told: Told) -> str:
        by = By(person=told.person, url=told.url, at=told.at)
        phrase = deciding.free_phrase(told.repository.id, _required(told, FREE), by)
        return f"{as_code(phrase)} is free again: what people say of it decides."

    verbs = {name: rule(what) for name, what in RULINGS.items()}
    return {**verbs, FREE: Verb(usage=f'{FREE} "a phrase"', needed=Permission.WRITE, act=free)}


def _required(told: Told, verb: str) -> str:
    if not told.words:
        raise UserError(f'Say which phrase: `/{TREADLE} {verb} "a phrase"`.')
    return told.words
