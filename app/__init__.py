"""Treadle: a GitHub App that answers `/ask` and learns from votes and edits."""

__version__ = "0.1.0"
