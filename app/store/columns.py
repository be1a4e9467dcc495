"""What all tables share: their metadata, and the columns that tie rows to their owner."""

from sqlalchemy import Column, ForeignKey, MetaData

from app.store.types import Id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def repository_column(*, primary_key: bool = False) -> Column[int]:
    """Makes the column of the repository that a row belongs to, and goes with."""
    return Column(
        "repository_id",
        Id,
        ForeignKey("repository.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


def reply_column(*, primary_key: bool = False) -> Column[int]:
    """Makes the column of the reply that a row belongs to, and goes with."""
    return Column(
        "reply_id",
        Id,
        ForeignKey("reply.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )
