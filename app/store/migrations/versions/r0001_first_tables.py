"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates them."""
    op.create_table(
        "installation",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("holder", sa.String(length=255), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "repository",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("installation_id", ID, nullable=False),
        sa.Column("default_branch", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("indexed_commit", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repository")),
    )
    op.create_index(op.f("ix_repository_owner_name"), "repository", ["owner", "name"], unique=False)
    op.create_table(
        "worker",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("beat_at", TIME, nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_table(
        "ask",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("comment_id", ID, nullable=False),
        sa.Column("comment_node_id", sa.String(length=255), nullable=False),
        sa.Column("command", sa.String(length=64), nullable=False),
        sa.Column("command_key", sa.String(length=64), nullable=False),
        sa.Column("delivery_guid", sa.String(length=64), nullable=False),
        sa.Column("asker_id", ID, nullable=True),
        sa.Column("asker_login", sa.String(length=255), server_default="", nullable=False),
        sa.Column("asker_is_bot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_ask_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ask")),
    )
    op.create_index(
        op.f("ix_ask_repository_id_asker_id_created_at"),
        "ask",
        ["repository_id", "asker_id", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_ask_state"), "ask", ["state"], unique=False)
    op.create_table(
        "dictionary",
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.Column("phrases", sa.Integer(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_dictionary_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("repository_id", "version", name=op.f("pk_dictionary")),
    )
    op.create_table(
        "muted_thread",
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("person_login", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_muted_thread_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("repository_id", "number", name=op.f("pk_muted_thread")),
    )
    op.create_table(
        "policy",
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_policy_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("repository_id", "scope", name=op.f("pk_policy")),
    )
    op.create_table(
        "reply",
        sa.Column("id", ID, nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("comment_id", ID, nullable=False),
        sa.Column("comment_node_id", sa.String(length=255), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("trigger_comment_id", ID, nullable=False),
        sa.Column("trigger_node_id", sa.String(length=255), nullable=False),
        sa.Column("command_key", sa.String(length=64), nullable=False),
        sa.Column("asker_id", ID, nullable=False),
        sa.Column("asker_login", sa.String(length=255), nullable=False),
        sa.Column("asker_is_bot", sa.Boolean(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("block", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("dictionary_version", sa.Integer(), nullable=False),
        sa.Column("posted_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("swept_at", TIME, nullable=True),
        sa.Column("next_sweep_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_reply_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint(
            "repository_id", "comment_id", name=op.f("uq_reply_repository_id_comment_id")
        ),
        sa.UniqueConstraint(
            "trigger_node_id", "command_key", name=op.f("uq_reply_trigger_node_id_command_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reply_next_sweep_at"), "reply", ["next_sweep_at"], unique=False)
    op.create_index(
        op.f("ix_reply_repository_id_number"), "reply", ["repository_id", "number"], unique=False
    )
    op.create_table(
        "draft",
        sa.Column("ask_key", sa.String(length=255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("block", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("dictionary_version", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_key"], ["ask.key"], name=op.f("fk_draft_ask_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ask_key", name=op.f("pk_draft")),
    )
    op.create_table(
        "memory",
        sa.Column("id", ID, nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("reply_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=255), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(precision=53), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_memory_reply_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_memory_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_memory_repository_id"), "memory", ["repository_id"], unique=False)
    op.create_table(
        "phrase_mass",
        sa.Column("reply_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("mass", sa.Float(precision=53), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_phrase_mass_reply_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_phrase_mass_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reply_id", "position", name=op.f("pk_phrase_mass")),
    )
    op.create_index(
        op.f("ix_phrase_mass_repository_id"), "phrase_mass", ["repository_id"], unique=False
    )
    op.create_table(
        "preference_row",
        sa.Column("reply_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("repository_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("rejected", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Float(precision=53), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("urls", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_preference_row_reply_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_preference_row_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reply_id", "position", name=op.f("pk_preference_row")),
    )
    op.create_index(
        op.f("ix_preference_row_repository_id"), "preference_row", ["repository_id"], unique=False
    )
    op.create_table(
        "revision",
        sa.Column("reply_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("editor_id", ID, nullable=True),
        sa.Column("editor_login", sa.String(length=255), nullable=False),
        sa.Column("editor_is_bot", sa.Boolean(), nullable=False),
        sa.Column("edited_at", TIME, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_revision_reply_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reply_id", "position", name=op.f("pk_revision")),
    )
    op.create_table(
        "signal",
        sa.Column("id", ID, nullable=False),
        sa.Column("reply_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("content", sa.String(length=255), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("person_login", sa.String(length=255), nullable=False),
        sa.Column("person_is_bot", sa.Boolean(), nullable=False),
        sa.Column("permission", sa.Integer(), nullable=False),
        sa.Column("trust", sa.Float(precision=53), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("removed_at", TIME, nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_signal_reply_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint(
            "reply_id",
            "kind",
            "content",
            "person_id",
            name=op.f("uq_signal_reply_id_kind_content_person_id"),
        ),
    )
