"""Bobbin, the built-in model: its corpus, tasks, training, evaluation and export."""
