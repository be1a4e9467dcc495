import pytest

from app.training.bobbin.measures import GROUPS, shortfalls

GOOD = {measure.name: 1.0 for group in GROUPS for measure in group.measures}


def test_names_are_each_once():
    assert len(GOOD) == sum(len(group.measures) for group in GROUPS)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"addresses": 0.5, "two": 0.0}, []),
        ({"synthetic_exact": 0.90, "hand_exact": 0.70, "hand_lexical": 0.80}, []),
        (
            {"synthetic_exact": 0.899},
            ["Synthetic questions: right sentence, word for word: 0.899, wanted 0.90"],
        ),
        (
            {"hand_exact": 0.75, "hand_lexical": 0.86},
            ["0.110 below lexical overlap, at most 0.10 wanted"],
        ),
        (
            {"style_before": 0.90, "style_after": 0.75},
            ["0.150 of content lost to a style, at most 0.10 wanted"],
        ),
    ],
)
def test_shortfalls_are_told_in_words(changed, said):
    assert shortfalls({**GOOD, **changed}) == said
