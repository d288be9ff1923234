"""Which site answers on a host name; remembered for some seconds, and longer while the database is away."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from mvne_platform.runtime import Brand, BrandState, platform_work, settings
from mvne_platform.runtime.tenancy import UnknownBrand, brand_by_host

FRESH_SECONDS = 5.0
MOST_HOSTS = 5_000


@dataclass(frozen=True, slots=True)
class Site:
    """A host's site: the console, or a brand's."""

    host: str
    brand: Brand | None

    @property
    def is_console(self) -> bool:
        """Whether staff work here."""
        return self.brand is None


class Hosts:
    """The process's memory of hosts, unknown ones too."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Site | None]] = OrderedDict()
        self._lock = threading.Lock()

    def remembered(self, host: str) -> tuple[bool, Site | None]:
        """Whether a fresh answer is known, and which. Never blocks."""
        if host == settings().console_host:
            return True, Site(host, None)
        found_at, site = self._known.get(host, (0.0, None))
        return time.monotonic() - found_at < FRESH_SECONDS and found_at > 0, site

    def find(self, host: str) -> Site | None:
        """Read the host's site; blocks. While the database is away, an older answer serves."""
        try:
            with platform_work() as db:
                brand = brand_by_host(db, host)
            site = None if brand.state is BrandState.CLOSED else Site(host, brand)
        except UnknownBrand:
            site = None
        except Exception:
            older = self._known.get(host)
            if older is None or older[1] is None:
                raise
            return older[1]
        self._remember(host, site)
        return site

    def _remember(self, host: str, site: Site | None) -> None:
        with self._lock:
            self._known[host] = (time.monotonic(), site)
            self._known.move_to_end(host)
            if len(self._known) > MOST_HOSTS:
                self._known.popitem(last=False)


def host_name(header: str) -> str:
    """The name in a Host header: lower case, without port and final dot."""
    name = header.strip().lower()
    if name.startswith("["):  # an IPv6 address
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].rstrip(".")
