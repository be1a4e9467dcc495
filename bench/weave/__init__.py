"""Synthetic problems, and searches to compare on them (`python -m bench.weave_quality`)."""
