"""Outcomes for the tests of this folder."""

from bench.answering.outcome import Outcome


def outcome(way: str, id: str = "one", *, package: str = "tqdm", **more: object) -> Outcome:
    """Makes an outcome of which only some is told."""
    told = {
        "group": "single",
        "facts": 1.0,
        "withheld": False,
        "claims": 2,
        "grounded": 2,
        "words": 10,
        "written": 100,
        "read": 500,
        "cached": 400,
        "seconds": 0.5,
    }
    return Outcome(id=id, way=way, package=package, **(told | more))  # type: ignore[arg-type]
