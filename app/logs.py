"""Structured logs: one line a state change, to standard error, never bodies or tokens."""

import logging
import sys
from typing import Any

import structlog

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(level: str) -> None:
    """Sets logging up: lines for people on a terminal, JSON otherwise."""
    terminal = sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if terminal:
        # The default shows local variables in traces, and those hold what people wrote.
        plain = structlog.dev.plain_traceback
        shared.append(structlog.dev.ConsoleRenderer(exception_formatter=plain))
    else:
        shared += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=shared,
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        # Looked up each time: whoever redirects standard error may close it afterwards.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    # Libraries speak only when something is wrong.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for name in ("dbos", "httpx", "httpcore", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
