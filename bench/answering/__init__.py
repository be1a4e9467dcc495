"""The parts of `bench.weave_answers`."""
