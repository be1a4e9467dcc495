import pytest

from app.weave.drafting import Attempt, Said, until_liked
from app.weave.phrase_score import PhraseScore
from tests.unit.weave.made import dictionary, passage

TEXTS = ("good good", "bad luck", "worse", "none")
PHRASES = PhraseScore(dictionary(bad=-4.0, worse=-4.0, good=4.0))


def attempt_of(order: tuple[str, ...]) -> tuple[list[frozenset[str]], object]:
    """Makes attempts that give the first text that is not banned, and nothing after the last."""
    seen: list[frozenset[str]] = []

    def attempt(banned: frozenset[str]) -> Attempt:
        seen.append(banned)
        left = [text for text in order if text not in banned]
        if not left:
            return Attempt(pieces=2, evaluations=1)
        return Attempt(
            said=(Said(text=left[0], passage=passage("p")),),
            units=frozenset({left[0]}),
            score=1.0,
            pieces=2,
            evaluations=1,
        )

    return seen, attempt


@pytest.mark.parametrize(
    ("order", "restarts", "said", "refused"),
    [
        (("good good", "bad luck"), 0, "good good", False),
        (("bad luck", "good good"), 1, "good good", False),
        (("bad luck", "worse", "good good"), 2, "good good", False),
        (("bad luck", "worse", "bad luck again", "good good"), 2, "bad luck again", True),
        (("bad luck",), 1, None, False),
        ((), 0, None, False),
    ],
)
def test_attempts_until_one_is_liked(
    order: tuple[str, ...], restarts: int, said: str | None, refused: bool
) -> None:
    seen, attempt = attempt_of(order)
    draft = until_liked(attempt, phrases=PHRASES, min_score=0.0, max_restarts=2)  # type: ignore[arg-type]
    assert [one.text for one in draft.last.said] == ([said] if said else [])
    assert (draft.restarts, draft.refused) == (restarts, refused)
    assert (draft.pieces, draft.evaluations) == (2 * len(seen), len(seen))
    assert seen[-1] == frozenset(order[:restarts])


def test_phrases_are_looked_for_in_what_is_shown() -> None:
    where = passage("p")
    assert Attempt(said=(Said(text="b.", passage=where, lead="A:"),)).words == "A: b."
    assert Attempt(said=(Said(text="b.", passage=where),), text="So b. [1]").words == "So b."
