"""How what a model reads is laid out; training and answering share it to the letter."""

from enum import StrEnum


class Layout(StrEnum):
    """The ways in which sources and answers are laid out for a model.

    `NUMBERED`: each source is one sentence with a number, and an answer repeats sentences.
    `PASSAGES`: sources are passages, and an answer is free text that cites them.
    """

    NUMBERED = "numbered"
    PASSAGES = "passages"
