"""Corpora that test and train evaluators: made, measured with, and looked at by a person."""
