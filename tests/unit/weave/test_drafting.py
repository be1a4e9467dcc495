from app.weave.drafting import Attempt, Said
from tests.unit.weave.made import passage


def test_phrases_are_looked_for_in_what_is_shown() -> None:
    where = passage("p")
    assert Attempt(said=(Said(text="b.", passage=where, lead="A:"),)).words == "A: b."
    assert Attempt(said=(Said(text="b.", passage=where),), text="So b. [1]").words == "So b."
