import math

import pytest

from app.training.bobbin.lexical import Overlap

SENTENCES = (
    "The server listens on port 8080.",
    "The server logs to a file.",
    "Set `HOST` to listen elsewhere.",
)


def test_rare_words_count_more():
    scores = Overlap(SENTENCES).scores("Which port is the server listening on?", SENTENCES)
    # Of three sentences one has the port, two the server, and two listen.
    port, common = math.log(4 / 1.5), math.log(4 / 2.5)
    assert scores == pytest.approx([port + 2 * common, common, common])


def test_best_is_the_first_of_equals():
    overlap = Overlap(SENTENCES)
    assert overlap.best("which host?", SENTENCES) == 2
    assert overlap.best("why?", SENTENCES) == 0
