"""The GraphQL queries, each a file; they are held to GitHub's schema by a test."""

from importlib.resources import files


def document(name: str) -> str:
    """Returns the text of `name.graphql`."""
    return files(__name__).joinpath(f"{name}.graphql").read_text("utf-8")


SNAPSHOTS = document("snapshots")
QUESTIONS = document("questions")
MORE_REACTIONS = document("reactions")
MORE_EDITS = document("edits")
