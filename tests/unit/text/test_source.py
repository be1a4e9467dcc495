from app.text.source import docstring, units
from app.text.units import Form

PYTHON = '''"""Module says this."""

LIMIT = 30
name = compute()


def run(
    first: int,
    second: str = "x",
) -> None:
    """Runs it.

    Args:
        first: how often.
    """
    # Because of caching this is needed.
    # noqa
    option(help="Delete all files without asking first.")
    raise ValueError("the first one must be positive")
'''


def test_python() -> None:
    found = [(u.form, u.start_line, u.end_line, u.text) for u in units(PYTHON, "py")]
    assert found == [
        (Form.SENTENCE, 1, 1, "Module says this."),
        (Form.CODE, 3, 3, "`LIMIT = 30`"),
        (Form.SIGNATURE, 7, 10, '`def run(first: int, second: str = "x") -> None`'),
        (Form.SENTENCE, 11, 11, "Runs it."),
        (Form.ITEM, 14, 14, "first: how often."),
        (Form.COMMENT, 16, 16, "Because of caching this is needed."),
        (Form.STRING, 18, 18, "Delete all files without asking first."),
        (Form.CODE, 19, 19, '`raise ValueError("the first one must be positive")`'),
        (Form.STRING, 19, 19, "the first one must be positive"),
    ]


def test_joined_strings_are_read_as_one() -> None:
    text = 'x(\n    help="One long sentence that goes "\n    "over two lines."\n)\n'
    assert [u.text for u in units(text, "py")] == ["One long sentence that goes over two lines."]


def test_other_languages_have_comments_and_stretches() -> None:
    opens = "/**\n * Opens the door.\n */\nfunc Open() {\n\treturn\n}\n"
    text = opens + "\n// Closes it.\nfunc Close() {}\n"
    found = [(u.form, u.start_line, u.text) for u in units(text, "go")]
    assert found == [
        (Form.SENTENCE, 2, "Opens the door."),
        (Form.CODE, 4, "```go\nfunc Open() {\n\treturn\n}\n```"),
        (Form.COMMENT, 8, "Closes it."),
        (Form.CODE, 9, "```go\nfunc Close() {}\n```"),
    ]


def test_configuration_is_quoted_in_stretches() -> None:
    text = "# How often.\nretries: 3\n\nport: 80\n"
    assert [(u.start_line, u.text) for u in units(text, "yml")] == [
        (1, "How often."),
        (2, "```yml\nretries: 3\n```"),
        (4, "```yml\nport: 80\n```"),
    ]


def test_a_stretch_of_a_docstring_loses_its_quotation_marks() -> None:
    text = '    r"""Does it.\n\n    More of it.\n    """'
    assert [u.text for u in docstring(text, 5)] == ["Does it.", "More of it."]
    assert [u.start_line for u in docstring(text, 5)] == [5, 7]


def test_broken_source_is_read_all_the_same() -> None:
    assert [u.text for u in units('def f(\n# a remark stands here\n"""open', "py")] == [
        "a remark stands here"
    ]
