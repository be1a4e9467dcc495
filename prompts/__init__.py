"""Every text that is given to a model: files that a person edits."""
