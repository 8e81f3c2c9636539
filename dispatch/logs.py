"""Logs as JSON lines on standard error. Events carry ids and codes; personal data has no place in them."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, WrappedLogger

PERSONAL = frozenset(
    {
        "name",
        "phone",
        "address",
        "consumer_name",
        "consumer_phone",
        "login",
        "password",
        "pin",
        "token",
        "text",
    }
)


def drop_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The last line of defence: fields that name a person or a secret are blanked."""
    return {key: "[left out]" if key in PERSONAL else value for key, value in event.items()}


def speak_plainly() -> None:
    """For a person at a command line: only errors, on standard error."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, drop_personal, structlog.dev.ConsoleRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def speak_json() -> None:
    """From now on structlog and the standard library's warnings go to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_personal,
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
