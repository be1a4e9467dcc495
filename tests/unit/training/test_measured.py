import json
import math
from dataclasses import replace

import pytest

from app.training import columns
from app.training.measured import (
    AnswerMeasure,
    Measured,
    PairMeasure,
    Said,
    TextMeasure,
    from_json,
    to_json,
)

PAIR = PairMeasure(
    reply_id=7,
    thread=3,
    weight=0.5,
    chosen=-4.0,
    rejected=-6.0,
    base_chosen=-9.0,
    base_rejected=-5.0,
)
SAID = Said(tokens=4, finished=True, repeated=0.25, doubled=False)
MEASURED = Measured(
    pairs=(PAIR,),
    answers=(
        AnswerMeasure(
            probe="kestrel.1", base=SAID, led=SAID, kept=1.0, base_right=True, right=False
        ),
        AnswerMeasure(reply_id=7, thread=3, base=SAID, led=SAID, kept=None, apt=0.5, wanted=9),
    ),
    texts=(TextMeasure(tokens=5, base=-10.0, led=-11.0),),
    prose=(TextMeasure(tokens=7, base=-8.0, led=-9.0),),
    change=0.25,
)


def test_margins():
    # -4 + 6 = 2 with the adapter, -9 + 5 = -4 without.
    assert (PAIR.margin, PAIR.base_margin, PAIR.gain) == (2.0, -4.0, 6.0)


@pytest.mark.parametrize("measured", [MEASURED, Measured()])
def test_json_and_back(measured):
    assert from_json(json.loads(json.dumps(to_json(measured), allow_nan=False))) == measured


def test_what_is_no_number_stays_so():
    broken = replace(MEASURED, pairs=[replace(PAIR, chosen=math.nan)], change=math.nan)
    value = to_json(broken)
    assert value["pairs"][0]["chosen"] is None and value["change"] is None
    found = from_json(json.loads(json.dumps(value, allow_nan=False)))
    assert math.isnan(found.pairs[0].gain) and found.change is None


def test_columns_as_json_and_back():
    ways = {
        way: columns.Outcome(cost=at / 8, satisfied=at > 1)
        for at, way in enumerate(("before", "learned", "adapter", "everything"))
    }
    made = columns.Columns(asked=(columns.Asked(reply_id=1, thread=2, **ways),))
    assert columns.from_json(json.loads(json.dumps(columns.to_json(made)))) == made
    assert (made.cost("everything"), made.satisfied("learned")) == (0.375, 0)
    assert made.saved("everything", "learned") == [0.25]
