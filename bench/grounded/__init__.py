"""Drafts with true and made-up names over the trees of installed packages and this repository."""
