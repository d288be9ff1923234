"""One brand's trouble is its own: it is noted, and the others are served."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

log = structlog.get_logger()

# The database is away, or asks for another try: true of every brand, so that the whole round ends.
AWAY = (psycopg.OperationalError, OperationalError, InterfaceError)


@contextmanager
def apart(brand: str, duty: str) -> Iterator[None]:
    """Note what goes wrong with one brand (its schema is still being made, say); errors of AWAY are raised."""
    try:
        yield
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, hundreds of other brands wait behind it
        log.warning("brand_not_served", brand=brand, duty=duty, error=f"{type(error).__name__}: {error}"[:300])
