from app.text.markdown import CODE_LINES, headings, plain, units
from app.text.units import Form

PAGE = """# Title

Intro here. It has [two](http://x.y) sentences
over lines.

## Options

The options are:

- `--fast`: goes faster.
- slow
  is kind

| name | default |
| --- | --- |
| port | 8080 |

Run this:

```sh
make test
```

![badge](x.png) <b>bold</b> end.
"""


def test_units_have_form_lines_lead_and_heading() -> None:
    found = [(u.form, u.start_line, u.end_line, u.text, u.lead, u.heading) for u in units(PAGE)]
    assert found == [
        (Form.SENTENCE, 3, 3, "Intro here.", "", "Title"),
        (Form.SENTENCE, 3, 4, "It has two sentences over lines.", "", "Title"),
        (Form.SENTENCE, 8, 8, "The options are:", "", "Options"),
        (Form.ITEM, 10, 10, "`--fast`: goes faster.", "The options are:", "Options"),
        (Form.ITEM, 11, 12, "slow is kind", "The options are:", "Options"),
        (Form.ROW, 16, 16, "port | 8080", "name | default", "Options"),
        (Form.SENTENCE, 18, 18, "Run this:", "", "Options"),
        (Form.CODE, 21, 21, "```sh\nmake test\n```", "Run this:", "Options"),
        (Form.SENTENCE, 24, 24, "bold end.", "", "Options"),
    ]


def test_first_line_shifts_all_lines() -> None:
    assert [u.start_line for u in units("One.\n\nTwo.", 100)] == [100, 102]


def test_long_code_is_cut_and_its_fence_outlasts_backticks_inside() -> None:
    text = "````\n" + "```\n" * (CODE_LINES + 5) + "````"
    (unit,) = units(text)
    assert unit.text.splitlines()[0] == "````"
    assert len(unit.text.splitlines()) == CODE_LINES + 2


def test_headings_are_not_looked_for_in_code() -> None:
    assert headings("# A\n\n```\n# no\n```\n\nB\n-\n") == [(1, 1, "A"), (7, 2, "B")]


def test_plain_drops_marks_images_and_html() -> None:
    assert plain("# *A* `b`\n\n<div>x</div>\n\n![i](u) c") == "A `b`\n\nc"


def test_deep_nesting_ends() -> None:
    assert len(units("> " * 500 + "x")) <= 1
