"""Evidence as rows of its tables: its columns from values, and values from its rows."""

from sqlalchemy.engine import RowMapping

from app.domain import (
    Memory,
    MemoryKind,
    PhraseMass,
    PreferenceRow,
    RowKind,
    RowOrigin,
    SignalKind,
)


def memory_columns(value: Memory) -> dict[str, object]:
    return {
        "kind": value.kind.value,
        "question": value.question,
        "before": value.before,
        "after": value.after,
        "author": value.author,
        "url": value.url,
        "weight": value.weight,
        "created_at": value.created_at,
    }


def mass_columns(value: PhraseMass) -> dict[str, object]:
    return {
        "phrase": value.phrase,
        "mass": value.mass,
        "at": value.at,
        "person": value.person,
        "url": value.url,
        "kind": value.kind.value,
        "read_at": value.read_at,
    }


def row_columns(value: PreferenceRow) -> dict[str, object]:
    return {
        "kind": value.kind.value,
        "number": value.number,
        "prompt": value.prompt,
        "chosen": value.chosen,
        "rejected": value.rejected,
        "text": value.text,
        "form": value.form,
        "segments": [list(segment) for segment in value.segments],
        "weight": value.weight,
        "people": list(value.people),
        "urls": list(value.urls),
        "created_at": value.created_at,
        "origin": value.origin.value,
    }


def memory_of(row: RowMapping) -> Memory:
    """Reads a memory from its row."""
    return Memory(
        id=row["id"],
        repository_id=row["repository_id"],
        reply_id=row["reply_id"],
        kind=MemoryKind(row["kind"]),
        question=row["question"],
        before=row["before"],
        after=row["after"],
        author=row["author"],
        url=row["url"],
        weight=row["weight"],
        created_at=row["created_at"],
        preference=row["preference"],
        preference_by=row["preference_by"],
    )


def mass_of(row: RowMapping) -> PhraseMass:
    return PhraseMass(
        repository_id=row["repository_id"],
        reply_id=row["reply_id"],
        phrase=row["phrase"],
        mass=row["mass"],
        at=row["at"],
        person=row["person"],
        url=row["url"],
        kind=SignalKind(row["kind"]),
        read_at=row["read_at"],
    )


def preference_row_of(row: RowMapping) -> PreferenceRow:
    """Reads a preference row."""
    return PreferenceRow(
        kind=RowKind(row["kind"]),
        repository_id=row["repository_id"],
        reply_id=row["reply_id"],
        number=row["number"],
        prompt=row["prompt"],
        chosen=row["chosen"],
        rejected=row["rejected"],
        text=row["text"],
        form=row["form"],
        segments=tuple((start, end) for start, end in row["segments"]),
        weight=row["weight"],
        people=tuple(row["people"]),
        urls=tuple(row["urls"]),
        created_at=row["created_at"],
        origin=RowOrigin(row["origin"]),
    )
