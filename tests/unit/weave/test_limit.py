from collections.abc import Callable, Mapping, Sequence

import pytest

from app.domain import Course, Fault, Opinion
from app.weave.drafting import Attempt, ComposerConfig, Said
from app.weave.limit import Again, doubt, until_liked
from app.weave.phrase_score import PhraseScore
from app.weave.record import Look, Trail
from app.weave.tree import Node
from tests.unit.weave.made import dictionary, passage

PHRASES = PhraseScore(dictionary(bad=-4.0, worse=-5.0, good=4.0))


def said(*sentences: str, **more: object) -> Attempt:
    return Attempt(
        said=tuple(Said(text=text, passage=passage("p")) for text in sentences),
        units=frozenset(sentences),
        score=1.0,
        pieces=2,
        evaluations=1,
        **more,  # type: ignore[arg-type]
    )


def of(order: Sequence[str]) -> tuple[list[Again], Callable[[Again], Attempt]]:
    """Makes attempts that give the first text that is not banned, and nothing after the last."""
    seen: list[Again] = []

    def attempt(again: Again) -> Attempt:
        seen.append(again)
        left = [text for text in order if text not in again.banned]
        return said(left[0]) if left else Attempt(pieces=2, evaluations=1)

    return seen, attempt


@pytest.mark.parametrize(
    ("order", "restarts", "text", "refused"),
    [
        (("good good", "bad luck"), 0, "good good", False),
        (("bad luck", "good good"), 1, "good good", False),
        (("bad luck", "worse", "good good"), 2, "good good", False),
        (("bad luck", "worse", "bad luck again", "good good"), 2, "bad luck again", True),
        (("bad luck",), 1, None, True),
        ((), 0, None, False),
    ],
)
def test_attempts_until_one_is_liked(
    order: tuple[str, ...], restarts: int, text: str | None, refused: bool
) -> None:
    seen, attempt = of(order)
    draft = until_liked(attempt, phrases=PHRASES, config=ComposerConfig(max_restarts=2))
    assert [one.text for one in draft.last.said] == ([text] if text else [])
    assert (draft.restarts, draft.refused) == (restarts, refused)
    assert (draft.pieces, draft.evaluations) == (2 * len(seen), len(seen))
    assert seen[-1].banned == frozenset(order[:restarts])
    assert [one.accepted for one in draft.tried] == [False] * restarts + [
        not refused and bool(text)
    ]


@pytest.mark.parametrize(
    ("sentences", "banned"),
    [
        (("bad luck", "fine"), {"bad luck"}),
        (("good bad", "fine"), {"good bad", "fine"}),
        (("fine", "as well"), {"fine", "as well"}),
    ],
)
def test_sentences_to_blame_are_banned_and_all_where_none_is(
    sentences: tuple[str, ...], banned: set[str]
) -> None:
    seen: list[Again] = []

    def attempt(again: Again) -> Attempt:
        seen.append(again)
        return said(*sentences)

    config = ComposerConfig(min_score=5.0, max_restarts=1)
    assert until_liked(attempt, phrases=PHRASES, config=config).refused
    assert seen[1].banned == banned


@pytest.mark.parametrize(("told", "course"), [(True, Course.TOLD), (False, Course.BANNED)])
def test_each_attempt_knows_what_was_wrong_with_those_before(told: bool, course: Course) -> None:
    seen: list[Again] = []
    texts = ["bad worse", "bad", "good"]

    def attempt(again: Again) -> Attempt:
        seen.append(again)
        text = texts[len(seen) - 1]
        short = Opinion(principle="Short?", odds=-9.0, score=-1.0)
        return said(text, invented={"x.py": -1.0}, opinions=[short])

    draft = until_liked(attempt, phrases=PHRASES, config=ComposerConfig(), told=told)
    assert [one.course for one in draft.tried] == [Course.FIRST, course, course]
    assert list(seen[0].reasons) == []
    assert [(one.fault, one.what, one.odds) for one in seen[1].reasons] == [
        # Five and four standard deviations, 0.4 nats each.
        (Fault.PHRASE, "worse", -2.0),
        (Fault.PHRASE, "bad", -1.6),
        (Fault.NAME, "x.py", -1.0),
        (Fault.PRINCIPLE, "Short?", -1.0),
    ]
    assert [one.what for one in seen[2].reasons] == ["bad", "x.py", "Short?", "worse"]
    assert [one.standing for one in draft.tried] == pytest.approx([-3.6, -1.6, 1.6])
    assert draft.tried[2].reasons, "an accepted draft may have faults"


def test_an_attempt_without_a_reason_is_only_banned() -> None:
    config = ComposerConfig(min_score=9.0, max_restarts=1)
    draft = until_liked(lambda again: said("fine"), phrases=PHRASES, config=config, told=True)
    assert [one.course for one in draft.tried] == [Course.FIRST, Course.BANNED]
    assert list(draft.tried[1].banned) == ["fine"]


def test_a_draft_that_came_to_nothing_is_made_anew_where_the_reason_is_known() -> None:
    nothing = Attempt(invented={"x.py": -1.0})
    attempts = iter([nothing, said("fine")])
    draft = until_liked(lambda again: next(attempts), phrases=PHRASES, config=ComposerConfig())
    assert (draft.restarts, draft.refused, draft.last.words) == (1, False, "fine")
    given_up = until_liked(lambda again: nothing, phrases=PHRASES, config=ComposerConfig())
    assert (given_up.restarts, given_up.refused) == (2, True)


@pytest.mark.parametrize(
    ("scores", "cost"),
    [((), 0.0), ((-1.9, 4.0), 0.0), ((-2.0,), 0.0), ((-3.5, 4.0), -1.5), ((-3.0, -4.0), -2.0)],
)
def test_only_a_sure_no_counts_against_a_draft(scores: tuple[float, ...], cost: float) -> None:
    opinions = [Opinion(principle="p", odds=0.0, score=score) for score in scores]
    assert doubt(opinions) == pytest.approx(cost)


@pytest.mark.parametrize(("least", "refused"), [(0.0, True), (-1.0, False)])
def test_doubt_is_held_against_the_limit(least: float, refused: bool) -> None:
    config = ComposerConfig(min_score=least, max_restarts=0)
    draft = until_liked(lambda again: said("fine", doubt=-1.0), phrases=PHRASES, config=config)
    assert draft.refused == refused


def test_the_room_for_trees_is_shared_by_the_attempts() -> None:
    root = Node(text="")
    root.children = [Node(text=f"{at}", depth=1, score=float(at)) for at in range(9)]
    looks: Mapping[str, Look] = {}

    def attempt(again: Again) -> Attempt:
        trail = Trail(root=root, chosen="8", look=lambda text: looks.get(text, Look()))
        return said("bad", trail=trail)

    config = ComposerConfig(max_restarts=1, tree_nodes=8)
    draft = until_liked(attempt, phrases=PHRASES, config=config)
    assert [(len(one.branches), one.left_out) for one in draft.tried] == [(4, 5), (4, 5)]
