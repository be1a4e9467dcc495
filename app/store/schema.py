"""The tables, as SQLAlchemy core knows them.

Migrations in `migrations/versions` bring a database here; a test compares the two. Ids of
GitHub are the primary keys where GitHub names the thing; our own ids of replies and memories
are never given twice, since posted comments cite them.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from app.store.backfill_tables import backfill
from app.store.columns import metadata, reply_column, repository_column
from app.store.imported_tables import imported_row
from app.store.learned_tables import learned_issue
from app.store.limit_tables import allowance
from app.store.regard_tables import regard
from app.store.removal_tables import opt_out, removal
from app.store.ruling_tables import audit, roll_back, ruling
from app.store.training_tables import adapter_version, promotion, training_run
from app.store.tree_tables import pick, tree
from app.store.types import Id, Utc, Words

__all__ = [
    "adapter_version",
    "allowance",
    "ask",
    "audit",
    "backfill",
    "dictionary",
    "draft",
    "forgotten",
    "imported_row",
    "installation",
    "learned_issue",
    "lease",
    "memory",
    "metadata",
    "muted_thread",
    "opt_out",
    "phrase_mass",
    "pick",
    "policy",
    "preference_row",
    "promotion",
    "regard",
    "removal",
    "reply",
    "repository",
    "revision",
    "roll_back",
    "ruling",
    "signal",
    "training_run",
    "tree",
    "worker",
]

installation = Table(
    "installation",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("removed_at", Utc),
)

repository = Table(
    "repository",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("owner", String(255), nullable=False),
    Column("name", String(255), nullable=False),
    Column("installation_id", Id, nullable=False),
    Column("default_branch", Words, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("removed_at", Utc),
    Column("evidence_changes", Integer, nullable=False, server_default=text("0")),
    Index(None, "owner", "name"),
)

policy = Table(
    "policy",
    metadata,
    repository_column(primary_key=True),
    Column("scope", String(16), primary_key=True),
    Column("sha", String(64), nullable=False),
    Column("text", Words, nullable=False),
    Column("errors", JSON, nullable=False),
)

muted_thread = Table(
    "muted_thread",
    metadata,
    repository_column(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", Id, nullable=False),
    Column("person_login", String(255), nullable=False),
)

ask = Table(
    "ask",
    metadata,
    Column("key", String(255), primary_key=True),
    repository_column(),
    Column("number", Integer, nullable=False),
    Column("comment_id", Id, nullable=False),
    Column("comment_node_id", String(255), nullable=False),
    Column("command", String(64), nullable=False),
    Column("command_key", String(64), nullable=False),
    Column("delivery_guid", String(64), nullable=False),
    Column("asker_id", Id),
    Column("asker_login", String(255), nullable=False, server_default=""),
    Column("asker_is_bot", Boolean, nullable=False, server_default=false()),
    Column("state", String(16), nullable=False),
    Column("reason", Words, nullable=False, server_default=""),
    Column("created_at", Utc, nullable=False),
    Index(None, "repository_id", "asker_id", "created_at"),
    Index(None, "state"),
)

draft = Table(
    "draft",
    metadata,
    Column("ask_key", String(255), ForeignKey("ask.key", ondelete="CASCADE"), primary_key=True),
    Column("body", Words, nullable=False),
    Column("question", Words, nullable=False),
    Column("answer", Words, nullable=False),
    Column("block", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("dictionary_version", Integer, nullable=False),
    Column("abstained", Boolean, nullable=False),
    Column("details", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
)

reply = Table(
    "reply",
    metadata,
    Column("id", Id, primary_key=True),
    repository_column(),
    Column("number", Integer, nullable=False),
    Column("comment_id", Id, nullable=False),
    Column("comment_node_id", String(255), nullable=False),
    Column("url", Words, nullable=False),
    Column("trigger_comment_id", Id, nullable=False),
    Column("trigger_node_id", String(255), nullable=False),
    Column("command_key", String(64), nullable=False),
    Column("asker_id", Id, nullable=False),
    Column("asker_login", String(255), nullable=False),
    Column("asker_is_bot", Boolean, nullable=False),
    Column("question", Words, nullable=False),
    Column("answer", Words, nullable=False),
    Column("body", Words, nullable=False),
    Column("block", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("dictionary_version", Integer, nullable=False),
    Column("posted_at", Utc, nullable=False),
    Column("state", String(16), nullable=False),
    Column("swept_at", Utc),
    Column("seen_at", Utc),
    Column("next_sweep_at", Utc),
    Column("shown", String(64), nullable=False, server_default=""),
    UniqueConstraint("trigger_node_id", "command_key"),
    UniqueConstraint("repository_id", "comment_id"),
    Index(None, "repository_id", "number"),
    Index(None, "next_sweep_at"),
    sqlite_autoincrement=True,
)

signal = Table(
    "signal",
    metadata,
    Column("id", Id, primary_key=True),
    reply_column(),
    Column("kind", String(16), nullable=False),
    Column("content", String(255), nullable=False),
    Column("person_id", Id, nullable=False),
    Column("person_login", String(255), nullable=False),
    Column("person_is_bot", Boolean, nullable=False),
    Column("permission", Integer, nullable=False),
    Column("trust", Float(53), nullable=False),
    Column("value", Float(53), nullable=False),
    Column("first_seen", Utc, nullable=False),
    Column("removed_at", Utc),
    Column("url", Words, nullable=False),
    Column("read_at", Utc),
    UniqueConstraint("reply_id", "kind", "content", "person_id"),
)

revision = Table(
    "revision",
    metadata,
    reply_column(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("body", Words),
    Column("editor_id", Id),
    Column("editor_login", String(255), nullable=False),
    Column("editor_is_bot", Boolean, nullable=False),
    Column("edited_at", Utc, nullable=False),
    Column("deleted", Boolean, nullable=False),
)

memory = Table(
    "memory",
    metadata,
    Column("id", Id, primary_key=True),
    repository_column(),
    reply_column(),
    Column("digest", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("question", Words, nullable=False),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
    Column("author", String(255), nullable=False),
    Column("url", Words, nullable=False),
    Column("weight", Float(53), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("preference", Words, nullable=False, server_default=""),
    Column("preference_by", String(255), nullable=False, server_default=""),
    UniqueConstraint("reply_id", "digest"),
    Index(None, "repository_id"),
    sqlite_autoincrement=True,
)

phrase_mass = Table(
    "phrase_mass",
    metadata,
    reply_column(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    repository_column(),
    Column("phrase", Words, nullable=False),
    Column("mass", Float(53), nullable=False),
    Column("at", Utc, nullable=False),
    Column("person", String(255), nullable=False),
    Column("url", Words, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("read_at", Utc),
    Index(None, "repository_id"),
)

preference_row = Table(
    "preference_row",
    metadata,
    reply_column(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    repository_column(),
    Column("kind", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("prompt", Words, nullable=False),
    Column("chosen", Words, nullable=False),
    Column("rejected", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("form", String(16), nullable=False),
    Column("segments", JSON, nullable=False),
    Column("weight", Float(53), nullable=False),
    Column("people", JSON, nullable=False),
    Column("urls", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("origin", String(16), nullable=False, server_default="unknown"),
    Index(None, "repository_id"),
)

dictionary = Table(
    "dictionary",
    metadata,
    repository_column(primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("saved_at", Utc, nullable=False),
    Column("phrases", Integer, nullable=False),
    Column("weights", LargeBinary, nullable=False),
)

# No row of a repository's: a note for workers that files of it may still lie on their disks.
forgotten = Table(
    "forgotten",
    metadata,
    Column("repository_id", Id, primary_key=True, autoincrement=False),
    Column("runs", JSON, nullable=False),
    Column("at", Utc, nullable=False),
)

worker = Table(
    "worker",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("beat_at", Utc, nullable=False),
    Column("retired", Boolean, nullable=False, server_default=false()),
    Column("instance", String(255), nullable=False, server_default=""),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("holder", String(255), nullable=False),
    Column("until", Utc, nullable=False),
)
