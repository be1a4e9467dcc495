"""What was tried for each ask: attempts with their search trees, kept for a time."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, union

from app.domain import AskTree, Branch, Course, Fault, Outcome, Reason, Tried, WholeText
from app.store.noun import Noun
from app.store.tree_tables import pick, tree


class Trees(Noun):
    """Trees by their ask's key, one an ask."""

    def save(self, value: AskTree) -> None:
        """Keeps what was tried for an ask, in place of what an earlier try of it left."""
        columns = {
            "repository_id": value.repository_id,
            "question": value.question,
            "outcome": value.outcome.value,
            "min_score": value.min_score,
            "tried": [asdict(one) for one in value.tried],
            "created_at": value.created_at,
            "drafts": [asdict(one) for one in value.drafts],
            "more": value.more,
        }
        self._write(
            self._insert(tree)
            .values(ask_key=value.ask_key, **columns)
            .on_conflict_do_update(index_elements=["ask_key"], set_=columns)
        )

    def get(self, ask_key: str) -> AskTree | None:
        """Returns what was tried for an ask; None where nothing was, or it is not kept any more."""
        row = self._row(select(tree).where(tree.c.ask_key == ask_key))
        if row is None:
            return None
        return AskTree(
            ask_key=row["ask_key"],
            repository_id=row["repository_id"],
            question=row["question"],
            outcome=Outcome(row["outcome"]),
            min_score=row["min_score"],
            tried=[_tried(one) for one in row["tried"]],
            created_at=row["created_at"],
            drafts=[WholeText(**one) for one in row["drafts"]],
            more=row["more"],
        )

    def known(self, ask_keys: Collection[str]) -> frozenset[str]:
        """Returns those of some asks of which a tree is kept, or what was picked of it."""
        both = union(
            select(tree.c.ask_key).where(tree.c.ask_key.in_(ask_keys)),
            select(pick.c.ask_key).where(pick.c.ask_key.in_(ask_keys)),
        )
        rows = self._rows(both)
        return frozenset(row["ask_key"] for row in rows)

    def prune(self, before: datetime) -> int:
        """Deletes the trees from before a time; returns how many."""
        old = tree.c.created_at < before
        with self._writing() as connection:
            count = connection.execute(select(func.count()).select_from(tree).where(old)).scalar()
            connection.execute(delete(tree).where(old))
        return int(count or 0)


def _tried(value: Mapping[str, Any]) -> Tried:
    known = {
        "course": Course(value["course"]),
        "reasons": [_reason(one) for one in value["reasons"]],
        "branches": [Branch(**one) for one in value["branches"]],
    }
    return Tried(**{**value, **known})


def _reason(value: Mapping[str, Any]) -> Reason:
    return Reason(**{**value, "fault": Fault(value["fault"])})
