"""A text is sampled until it has its format, and what never has it is told."""

from collections.abc import Sequence

import pytest

from app.domain import Piece
from app.errors import UserError
from app.layouts.formats import choices
from app.models.forming import formed

WANTED = choices(["yes", "no"])


def sampled(texts: Sequence[str | None], finished: bool = True) -> tuple[list[int], object]:
    """What samples these texts in turn, and a list that has an entry for each taken."""
    taken: list[int] = []

    def sample() -> Piece | None:
        text = texts[len(taken)]
        taken.append(1)
        return None if text is None else Piece(text=text, finished=finished, logprob=0.0)

    return taken, sample


@pytest.mark.parametrize(
    ("texts", "tries", "taken"),
    [(["yes"], 1, 1), (["maybe", "no"], 2, 2), (["no", "yes"], 4, 1)],
)
def test_the_first_that_fits_is_taken(texts: list[str], tries: int, taken: int) -> None:
    count, sample = sampled(texts)

    assert formed(sample, WANTED, tries) in ("yes", "no")
    assert len(count) == taken


@pytest.mark.parametrize(
    ("texts", "finished", "said"),
    [
        (["maybe", "Yes"], True, "none of the choices. It wrote 'Yes'"),
        (["ye", "ye"], False, "cut at its limit of tokens. It wrote 'ye'"),
        ([None], True, "within the limits of the ask. It wrote nothing"),
        (["\x1b[2J'", "\x1b[2J'"], True, "\\x1b[2J'"),
        (["x" * 999] * 2, True, "xx …'"),
    ],
)
def test_what_never_fits_is_told_with_what_came(
    texts: list[str | None], finished: bool, said: str
) -> None:
    _, sample = sampled(texts, finished)

    with pytest.raises(UserError) as raised:
        formed(sample, WANTED, 2)

    assert said in str(raised.value)
    assert str(raised.value).isprintable()
