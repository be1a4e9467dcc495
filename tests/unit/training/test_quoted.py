import pytest

from app.layouts import Layout, numbered
from app.training.probes import lay_out, probes
from app.training.quoted import cited, doubled, kept, quotes, repeated

PAGE = numbered.page(["It listens on port 8080.", "Logs go to `a.log`."], "where does it listen?")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("[1] It listens on port 8080.", {"It listens on port 8080."}),
        ("In short: [1] It listens on port 8080.", {"It listens on port 8080."}),
        ("So: So: [2] Logs go to `a.log`.", {"Logs go to `a.log`."}),
        # The number of another source: what is repeated counts.
        ("[2] It listens on port 8080.", {"It listens on port 8080."}),
        (
            "[1] It listens on port 8080.\n[2] Logs go to `a.log`.",
            {"It listens on port 8080.", "Logs go to `a.log`."},
        ),
        ("[1] It listens on port 8081.", set()),
        ("[1] It listens", set()),
        ("It listens on port 8080.", set()),
        ("The sources do not answer this.", set()),
        ("", set()),
    ],
)
def test_sentences_of_a_page_are_quoted_word_for_word(answer, found):
    assert quotes(answer, PAGE, Layout.NUMBERED) == found


def test_runs_of_six_words_are_quoted_of_passages():
    prompt = lay_out(probes()[0], Layout.PASSAGES)
    assert "listens on port 7411 unless" in prompt
    quoted = quotes("- **Kestrel** listens on port\n7411 unless told [1].", prompt, Layout.PASSAGES)
    assert quoted == {"kestrel listens on port 7411 unless"}
    assert not quotes("It listens on port 7411.", prompt, Layout.PASSAGES)


def test_neither_the_question_nor_what_is_asked_of_the_model_is_a_source():
    prompt = lay_out(probes()[0], Layout.PASSAGES)
    for said in (probes()[0].question, "Answer the question about this repository with what its"):
        assert said in prompt
        assert not quotes(said, prompt, Layout.PASSAGES)


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [({"a", "b"}, {"b", "c"}, 0.5), ({"a"}, set(), 0.0), (set(), {"a"}, None), ({"a"}, {"a"}, 1.0)],
)
def test_kept_is_the_share_of_what_was_quoted(before, after, share):
    assert kept(frozenset(before), frozenset(after)) == share


@pytest.mark.parametrize(
    ("answer", "number"),
    [("[2] So.", 2), ("So it is [12]. And [1].", 12), ("None.", None), ("a[x]", None)],
)
def test_the_first_citation_counts(answer, number):
    assert cited(answer) == number


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        ("", 0.0),
        ("one two three", 0.0),
        ("one two three four five", 0.0),
        # Words 1 to 4 twice: runs at 1, 2, 3, 4 and, the same as the first, at 5.
        ("One two three four one two three four", 1 / 5),
        # 7 runs of one word, one of them new.
        (" ".join(["so"] * 10), 6 / 7),
    ],
)
def test_repetition(answer, share):
    assert repeated(answer) == pytest.approx(share)


@pytest.mark.parametrize(
    ("answer", "is_doubled"),
    [
        ("In short: In short: [1] It listens.", True),
        ("Note: note: it listens.", True),
        ("It listens on it listens on port 8080.", True),
        ("[1] [1] It listens.", True),
        ("So: [1] It listens.\nSo: [2] Logs go.", True),
        ("So: [1] It listens.\n[2] Logs go.", False),
        ("In short: [1] It listens in short.", False),
        ("It", False),
        ("", False),
    ],
)
def test_openings_that_are_said_twice(answer, is_doubled):
    assert doubled(answer) is is_doubled
