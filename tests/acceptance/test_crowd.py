"""Questions that come while nobody listens, and while workers are killed, are answered once."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from app.queue.work_queue import WorkQueue
from app.settings import load
from bench.crowd import Crowd, Plan, bot, outcome_of, prepared, wait_idle
from bench.deliveries import wait_ready
from playground.server import Playground

pytestmark = pytest.mark.crash

PATIENCE = 90.0
PLAN = Plan(
    asks=8,
    installations=3,
    kills=0,
    seconds=0,
    patience=PATIENCE,
    seed=0,
    settings={"TREADLE_GITHUB_PAUSE": "0.3", "TREADLE_MISSED_TRIES": "5"},
)


def test_each_question_gets_one_reply(tmp_path: Path) -> None:
    with Playground() as playground:
        crowd = Crowd(playground, PLAN)
        settings = prepared(playground, tmp_path, PLAN)
        address = f"http://127.0.0.1:{settings['TREADLE_PORT']}"
        with (
            bot(settings, tmp_path) as (web, one, other),
            closing(WorkQueue(load(settings))) as queue,
        ):
            wait_ready(address)
            for number in range(2):
                crowd.ask(number)
            assert playground.settle()
            web.kill()
            for number in range(2, 5):
                crowd.ask(number)
            assert playground.settle()
            web.start()
            wait_ready(address)
            for worker in (one, other):
                worker.kill()
                worker.start()
            for number in range(5, 8):
                crowd.ask(number)
            until = time.monotonic() + PATIENCE
            while crowd.answered < 8 and time.monotonic() < until:
                time.sleep(0.05)
            wait_idle(queue, PATIENCE)
        sent = list(playground.world.deliveries)
    found = outcome_of("killed", crowd, kills=3, missed=0)
    assert (found.answered_once, found.lost, found.doubled) == (8, 0, 0)
    missed = {one.guid for one in sent if one.status_code != 202}
    # Three questions, and what is told of replies that were posted meanwhile.
    assert len(missed) >= 3
    assert {one.guid for one in sent if one.redelivery} == missed
