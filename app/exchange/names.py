"""The names of the formats."""

from enum import StrEnum


class Name(StrEnum):
    """What the formats are called on the command line."""

    NATIVE = "native"
    TRL_PREFERENCE = "trl-preference"
    TRL_UNPAIRED = "trl-unpaired"
    TRL_COMPLETION = "trl-completion"
    COH = "coh"
    COH_AUX = "coh-aux"
    ARGILLA = "argilla"
    MINIHF = "minihf"
