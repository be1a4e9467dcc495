"""The words of Treadle as frozen values: what the parts hand to each other.

No I/O, no libraries. All times are aware datetimes in UTC; all scores are natural-log units
unless a field says otherwise; line numbers start at 1 and ranges include both ends.
"""

from app.domain.answers import (
    Answer,
    DraftRecord,
    PhraseUse,
    Piece,
    Prompt,
    Question,
    Quote,
    Usage,
)
from app.domain.github import (
    SOMEONE,
    Comment,
    HookDelivery,
    Permission,
    Person,
    Repository,
    Thread,
)
from app.domain.knowledge import Facts, Hit, Passage, SourceKind
from app.domain.learning import (
    Dictionary,
    Evidence,
    Memory,
    MemoryKind,
    PhraseMass,
    PhraseWeight,
    PreferenceRow,
    RowKind,
)
from app.domain.limits import Allowance, Counts, Limit
from app.domain.replies import (
    Change,
    Reaction,
    Reply,
    ReplyState,
    Revision,
    Signal,
    SignalKind,
    Snapshot,
)
from app.domain.training import (
    AdapterVersion,
    Finding,
    Lesson,
    Progress,
    Promotion,
    Run,
    RunState,
    Verdict,
)
from app.domain.work import Ask, AskState, Command, Delivery, Job, PolicyFile

__all__ = [
    "SOMEONE",
    "AdapterVersion",
    "Allowance",
    "Answer",
    "Ask",
    "AskState",
    "Change",
    "Command",
    "Comment",
    "Counts",
    "Delivery",
    "Dictionary",
    "DraftRecord",
    "Evidence",
    "Facts",
    "Finding",
    "Hit",
    "HookDelivery",
    "Job",
    "Lesson",
    "Limit",
    "Memory",
    "MemoryKind",
    "Passage",
    "Permission",
    "Person",
    "PhraseMass",
    "PhraseUse",
    "PhraseWeight",
    "Piece",
    "PolicyFile",
    "PreferenceRow",
    "Progress",
    "Promotion",
    "Prompt",
    "Question",
    "Quote",
    "Reaction",
    "Reply",
    "ReplyState",
    "Repository",
    "Revision",
    "RowKind",
    "Run",
    "RunState",
    "Signal",
    "SignalKind",
    "Snapshot",
    "SourceKind",
    "Thread",
    "Usage",
    "Verdict",
]
