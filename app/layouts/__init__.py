"""How what a model reads is laid out; training and answering share it to the letter."""

from collections.abc import Mapping
from enum import StrEnum


class Layout(StrEnum):
    """The ways in which sources and answers are laid out for a model.

    `NUMBERED`: each source is one sentence with a number, and an answer repeats sentences.
    `PASSAGES`: sources are passages, and an answer is free text that cites them.
    """

    NUMBERED = "numbered"
    PASSAGES = "passages"


OPENINGS: Mapping[Layout, str] = {Layout.NUMBERED: "", Layout.PASSAGES: "# Answer\n\n"}
"""What an answer begins with where a model reads the prompt as plain text."""
