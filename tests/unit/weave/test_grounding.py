import pytest

from app.weave.grounding import BOUND, Grounding

GROUND = Grounding(
    {"README.md", ".github/treadle.yml", "src/app/main.py", "docs/guide.md"},
    ["Set `max_size` or pass --fast. See docs/old.md and conf/user.toml."],
)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Edit `.github/treadle.yml`.", 0.0),
        ("Edit main.py.", 0.0),
        ("Edit app/main.py.", 0.0),
        ("Look into src/app.", 0.0),
        ("Set `max_size` with --fast.", 0.0),
        ("Edit `.github/treadle.json`.", -1.0),
        ("Set `min_size` with --slow.", -2.0),
        ("It is in docs/old.md.", -0.4),
        ("It is in conf/user.toml.", 0.0),
        ("It is in ~/.config/x.toml or https://x.org/a.md.", -1.0),
        ("Plain words only.", 0.0),
        ("`a_b` `c_d` `e_f` `g_h` `i_j` `k_l`", BOUND),
    ],
)
def test_names_that_do_not_exist_count_against_a_draft(text: str, score: float) -> None:
    assert GROUND.score(text) == pytest.approx(score)


def test_says_which_names_are_missing() -> None:
    assert GROUND.missing("Set `min_size` in README.md, then `min_size`.") == ["min_size"]
