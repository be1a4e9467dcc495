from app.training.bobbin.sections import cython, python, said, written

MODULE = '''"""The first line of the module says what it is."""

# Each comment of more than one line is read,
# if it says a sentence.
LIMIT = 3  # A comment beside code is not read by us.


class Box:
    """A box that holds things until they are taken.

    Args:
        size: how many things the box is able to hold.
    """

    def take(self):
        """Takes the oldest thing out of the box.

            >>> Box().take()
        """
        raise ValueError("The box is empty and cannot give a thing.")


_TAKE_DOC = """Gives back what was put in first of all."""
add_option("--size", help="The number of things that fit in the box.")
add_docstring(Box.take, "Returns the thing that was put in last of all.")
'''


def test_python_says_its_docstrings_comments_and_help() -> None:
    found = python(MODULE, "toy/box.py", "toy.box")

    assert [(section.name, section.sentences) for section in found] == [
        ("toy.box", ("The first line of the module says what it is.",)),
        (
            "toy.box",
            ("Each comment of more than one line is read, if it says a sentence.",),
        ),
        (
            "toy.box.Box",
            (
                "A box that holds things until they are taken.",
                "size: how many things the box is able to hold.",
            ),
        ),
        ("toy.box.Box.take", ("Takes the oldest thing out of the box.",)),
        ("toy.box", ("Gives back what was put in first of all.",)),
        ("toy.box", ("The number of things that fit in the box.",)),
        ("toy.box", ("Returns the thing that was put in last of all.",)),
    ]
    assert {section.place for section in found} == {"toy/box.py"}


def test_cython_names_a_docstring_by_the_definition_above() -> None:
    text = (
        "cdef class Table:\n"
        '    """A table of columns that are all of one length."""\n'
        "    cpdef int rows(self):\n"
        '        """Returns how many rows there are in the table."""\n'
    )

    assert [(section.name, section.sentences) for section in cython(text, "t.pyx", "toy.t")] == [
        ("toy.t.Table", ("A table of columns that are all of one length.",)),
        ("toy.t.rows", ("Returns how many rows there are in the table.",)),
    ]


def test_prose_is_read_by_heading() -> None:
    text = (
        "This is what the package is for.\n\n# Use\n\nCall the box to take a thing out.\n\n"
        "```\nbox.take()\n```\n\nThe box gives the oldest thing first.\n"
    )

    assert [(section.name, section.sentences) for section in written(text, "README.md", "toy")] == [
        ("toy", ("This is what the package is for.",)),
        (
            "toy › Use",
            ("Call the box to take a thing out.", "The box gives the oldest thing first."),
        ),
    ]


def test_a_text_without_sentences_says_nothing() -> None:
    assert said(">>> 1 + 1\n2\n", "x.py") == ()
