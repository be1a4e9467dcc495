"""Training of adapters; nothing is trained in this version."""
