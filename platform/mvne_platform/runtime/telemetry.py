"""Structured logs without secrets, and the registry of metrics; every process configures both once, at its start."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from os import environ
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

# Labels of every metric are bounded: never a brand, an id, a path as it was typed.
METRICS = CollectorRegistry()

REMOVED = "[removed]"
_SECRET_NAME = re.compile(
    r"pass(word|wd)|secret|token|authori[sz]ation|cookie|api_?key|puk|card|document_number", re.IGNORECASE
)
_SECRET_TEXT = re.compile(
    r"\b(?:Bearer|Basic)\s+[\w.~+/=-]+"  # Authorization headers
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"  # signed tokens (RFC 7519)
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # name and password in an address
)

Event = MutableMapping[str, Any]


def without_secrets(value: Any) -> Any:
    """The value with everything that looks like a credential replaced, through nested mappings and lists."""
    if isinstance(value, str):
        return _SECRET_TEXT.sub(REMOVED, value)
    if isinstance(value, Mapping):
        return {name: REMOVED if _is_secret(name, inner) else without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(item) for item in value]
    return value


def _is_secret(name: Any, value: Any) -> bool:
    return isinstance(name, str) and isinstance(value, str | bytes) and _SECRET_NAME.search(name) is not None


def _remove_secrets(_logger: Any, _method: str, event: Event) -> Event:
    cleaned: Event = without_secrets(event)
    return cleaned


_SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.format_exc_info,
    _remove_secrets,
)


def configure_logs(*, level: int = logging.INFO, readable: bool = False) -> None:
    """Send every log line, also of libraries, to standard error: one JSON object each, or for people if `readable`."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if readable else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("uvicorn.access", "httpx2", "httpcore2"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logger(name: str) -> Any:
    """A structured logger: `log.info("order placed", order=order.number)`."""
    return structlog.get_logger(name)


def exposition() -> bytes:
    """The metrics in Prometheus' text format; of all processes if PROMETHEUS_MULTIPROC_DIR is set."""
    if "PROMETHEUS_MULTIPROC_DIR" in environ:
        gathered = CollectorRegistry()
        MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]  # prometheus_client is only partly typed
        return generate_latest(gathered)
    return generate_latest(METRICS)
