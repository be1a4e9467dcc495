"""The playground's schema and the bot's documents, held to GitHub's own descriptions."""

import copy
import json
from pathlib import Path

import pytest
from graphql import build_schema

from playground import conformance
from playground.graphql.route import SDL, schema

FACTS = conformance.find_facts()
ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(FACTS is None, reason=conformance.ABSENT)


@pytest.fixture(scope="module")
def official() -> conformance.GraphQLDescription:
    """GitHub's GraphQL schema."""
    assert FACTS is not None
    return conformance.GraphQLDescription(FACTS)


@pytest.fixture(scope="module")
def rest() -> conformance.RestDescription:
    """GitHub's REST description."""
    assert FACTS is not None
    return conformance.RestDescription(FACTS)


def test_the_schema_is_a_true_subset(official: conformance.GraphQLDescription) -> None:
    assert official.subset_problems(schema()) == []


@pytest.mark.parametrize(
    ("there", "here", "problem"),
    [
        ("author: Actor\n", "author: Actor!\n", "Comment.author"),
        ("Boolean!\n  issue: Issue!", "Boolean!\n  isHidden: Boolean!\n  issue: Issue!",
         "IssueComment: isHidden"),
        ("issue(number: Int!)", "issue(number: Int)", "Repository.issue(number)"),
        ("dryRun: Boolean = false", "dryRun: Boolean = true", "Query.rateLimit(dryRun)"),
        ("  SPAM\n", "  SPAM\n  RUDE\n", "ReportedContentClassifiers: RUDE"),
        ("union Reactor = Bot |", "union Reactor = Repository | Bot |", "Reactor: Repository"),
        ("type PageInfo {", "type Extra {\n  a: Int\n}\n\ntype PageInfo {", "Extra is not there"),
    ],
)  # fmt: skip
def test_a_false_subset_is_told(
    official: conformance.GraphQLDescription, there: str, here: str, problem: str
) -> None:
    text = SDL.read_text()
    assert there in text
    problems = official.subset_problems(build_schema(text.replace(there, here, 1)))
    assert problems and all(one.startswith(problem) for one in problems)


def test_the_documents_of_the_bot_are_good(official: conformance.GraphQLDescription) -> None:
    documents = conformance.read_documents(ROOT / "app")
    assert official.document_problems(documents) == []


def test_a_wrong_document_is_told(official: conformance.GraphQLDescription) -> None:
    wrong = {"a.graphql": "{ viewer { karma } }", "b.graphql": "{ viewer { login } }"}
    (problem,) = official.document_problems(wrong)
    assert problem.startswith("a.graphql: Cannot query field 'karma'")


def test_real_payloads_pass_and_broken_ones_are_told(rest: conformance.RestDescription) -> None:
    assert FACTS is not None
    examples = json.loads((FACTS / "webhook-examples.json").read_text())
    real = next(p for p in examples["issue_comment"] if p["action"] == "edited")
    assert rest.event_problems("issue_comment", real) == []
    broken = copy.deepcopy(real)
    del broken["comment"]["body"]
    broken["issue"]["number"] = "one"
    problems = rest.event_problems("issue_comment", broken)
    assert any("'body' is a required property" in one for one in problems)
    assert any("$.issue.number" in one for one in problems)


def test_answers_are_told_apart(rest: conformance.RestDescription) -> None:
    path = "/repos/{owner}/{repo}/issues/comments/{comment_id:int}/reactions"
    good = {"id": 1, "node_id": "n", "user": None, "content": "+1",
            "created_at": "2026-01-01T00:00:00Z"}  # fmt: skip
    assert rest.reply_problems("POST", path, 201, good) == []
    assert rest.reply_problems("POST", path, 201, {**good, "content": "meh"})
    assert rest.reply_problems("POST", path, 202, good)
    assert rest.reply_problems("GET", path, 200, [good]) == []
    assert rest.reply_problems("GET", path, 200, good)
    assert rest.reply_problems("GET", "/nowhere", 200, good) == []
    assert rest.reply_problems("GET", path, 502, {"message": "Server Error"}) == []
