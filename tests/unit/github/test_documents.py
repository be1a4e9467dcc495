"""The GraphQL queries against the playground's schema, and GitHub's own where it is at hand."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from app.github.documents import MORE_EDITS, MORE_REACTIONS, QUESTIONS, SNAPSHOTS
from app.github.history import files_document
from app.github.issues import ISSUE
from playground.conformance import find_facts

ROOT = Path(__file__).parents[3]
QUERIES = {
    "snapshots": SNAPSHOTS,
    "reactions": MORE_REACTIONS,
    "edits": MORE_EDITS,
    "questions": QUESTIONS,
    "issue": ISSUE,
    "files": files_document(3),
}


@pytest.fixture(scope="module")
def schemas() -> list[GraphQLSchema]:
    folders = [ROOT / "playground", find_facts()]
    texts = [(folder / "schema.graphql").read_text("utf-8") for folder in folders if folder]
    # GitHub's own schema defines two fields twice, and deprecates fields of its interfaces.
    return [build_schema(text, assume_valid=True) for text in texts]


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_queries_are_valid(query: str, schemas: list[GraphQLSchema]) -> None:
    for schema in schemas:
        assert validate(schema, parse(query)) == []


def test_a_field_that_github_lacks_would_be_found(schemas: list[GraphQLSchema]) -> None:
    wrong = parse(SNAPSHOTS.replace("diff", "body"))
    for schema in schemas:
        assert [error.message for error in validate(schema, wrong)] == [
            "Cannot query field 'body' on type 'UserContentEdit'."
        ]
