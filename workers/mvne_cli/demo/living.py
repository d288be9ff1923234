"""The demo as `mvne up` runs it: brands, people, the month, what it came to, addresses."""

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import mvne_tenants
from mvne_cli.demo import addresses, month, report
from mvne_cli.demo.cast import Cast, Size, casts
from mvne_cli.demo.doors import Door, Refused
from mvne_cli.demo.journal import Journal
from mvne_cli.demo.people import OPERATOR, People, SignInsLost
from mvne_cli.demo.stage import Stage
from mvne_cli.installation import Installation
from mvne_cli.output import WRONG, console, refuse
from mvne_cli.patience import patiently
from mvne_cli.progress import Milestones, step
from mvne_cli.stopping import Stopped, check
from mvne_platform.runtime import platform_work
from mvne_platform.runtime.models import BrandRow

# The demo's brands are data of the repository, beside the package that applies them.
TENANTS = Path(mvne_tenants.__file__).resolve().parents[1]
SHARED_CATALOGUE = "europe"
LIVED = "month lived"
RECONCILED = "brands reconciled"


def live(installation: Installation, port: int, stop: threading.Event) -> bool:
    """Bring the demo to the end of its month, show it, and answer whether the month reconciles.

    What was done at an earlier start is not done again. Raises Stopped.
    """
    demo = _Demo(installation, port, stop)
    with step("brands"):
        patiently(stop, demo.apply_brands)
    check(stop)
    if not demo.has_been_lived:
        console.print("The brands live their first month; this takes a minute or two.")
        demo.live_month()
    reconciled = demo.has_been_reported or patiently(stop, demo.show_report)
    demo.show_addresses()
    return reconciled


class _Demo:
    """One start's view of the demo."""

    def __init__(self, installation: Installation, port: int, stop: threading.Event) -> None:
        self._data = installation.data
        self._messages = f"http://127.0.0.1:{installation.kept().ports['messages']}"
        self._port = port
        self._stop = stop
        self._casts = casts(Size.from_environment())
        self._people = People(self._data / "demo" / "people.json")
        self._state = Journal(self._data / "demo" / "state.json")
        self._journals = {cast.brand: Journal(self._data / "demo" / f"{cast.brand}.json") for cast in self._casts}

    @property
    def has_been_lived(self) -> bool:
        """Whether every brand's month is over."""
        return all(LIVED in journal for journal in self._journals.values())

    @property
    def has_been_reported(self) -> bool:
        """Whether the month was shown, and reconciled: what people do afterwards is theirs."""
        return RECONCILED in self._state

    def apply_brands(self) -> None:
        """Make the brands what their folders say, and let people in."""
        mvne_tenants.publish_shared(TENANTS / "shared" / SHARED_CATALOGUE)
        for cast in self._casts:
            files = mvne_tenants.read_folder(TENANTS / "brands" / cast.brand)
            if _applied_digest(cast.brand) != files.digest:
                mvne_tenants.apply(files)
            check(self._stop)
        try:
            self._people.make([cast.brand for cast in self._casts])
        except SignInsLost as error:
            refuse("SIGN_INS_LOST", str(error))

    def live_month(self) -> None:
        """All brands at once, each in a thread of its own; the first failure stops the others."""
        failures: dict[str, Exception] = {}
        abandon = _Either(self._stop)
        with Milestones() as milestones, ThreadPoolExecutor(len(self._casts)) as pool:
            for cast in self._casts:
                stage = self._stage(cast, abandon, partial(milestones.say, cast.brand))
                pool.submit(_play, stage, failures, abandon)
        check(self._stop)
        if failures:
            self._explain(*next(iter(failures.items())))

    def _explain(self, brand: str, error: Exception) -> None:
        """Words for people, and for whoever mends it the place in the code."""
        log = self._data / "logs" / "demo.log"
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        said = str(error) if isinstance(error, Refused | TimeoutError) else f"{type(error).__name__}: {error}"
        message = (
            f"{brand}: {said.rstrip('.')}. The month goes on at the next start; what was done stays. "
            f"Where it happened: {log}. Without the demo the platform starts with `mvne up --no-demo`."
        )
        refuse("DEMO_STOPPED", message, status=WRONG)

    def show_report(self) -> bool:
        """What happened, and whether it reconciles."""
        brands = [cast.brand for cast in self._casts]
        happened = {brand: report.happened(brand) for brand in brands}
        compared = {brand: report.compare(brand) for brand in brands}
        report.show_happened(happened)
        report.show_reconciliation(compared)
        if report.holds(compared):
            self._state.note(RECONCILED, len(compared))
        return report.holds(compared)

    def show_addresses(self) -> None:
        """The table, and the file for scripts."""
        tokens = {cast.brand: self._token(cast, self._door(cast)) for cast in self._casts}
        file = addresses.write(self._data, self._port, self._people, self._casts, self._journals, tokens)
        addresses.show(self._port, self._messages, self._casts, self._people, file)

    def _stage(self, cast: Cast, stop: threading.Event, say: Callable[[str], None]) -> Stage:
        storefront = Door(self._port, f"{cast.brand}.localhost", stop, partial(self._token, cast))
        shop = storefront.ask("{ shop { timeZone currency } }")["shop"]
        return Stage(
            cast=cast,
            storefront=storefront,
            console=Door(self._port, "console.localhost", stop, self._sign_in, {"X-Brand": cast.brand}),
            journal=self._journals[cast.brand],
            data=self._data,
            zone=shop["timeZone"],
            currency=shop["currency"],
            stop=stop,
            say=say,
        )

    def _door(self, cast: Cast) -> Door:
        return Door(self._port, f"{cast.brand}.localhost", self._stop)

    def _token(self, cast: Cast, door: Door) -> str:
        client = self._people.client(cast.brand)
        form = {"grant_type": "client_credentials"}
        answer = door.post("/oauth/token", data=form, auth=(client["client_id"], client["client_secret"]))
        return str(answer.json()["access_token"])

    def _sign_in(self, door: Door) -> str:
        return str(door.post("/sign-in", json=self._people.member(OPERATOR)).json()["access_token"])


class _Either(threading.Event):
    """Set when it is set itself, or another is: a story ends with its siblings, and with the machine."""

    def __init__(self, other: threading.Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        """Whether either is set."""
        return super().is_set() or self._other.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the other one, which is set from outside; this one is looked at before and after."""
        return super().is_set() or self._other.wait(timeout) or super().is_set()


def _play(stage: Stage, failures: dict[str, Exception], abandon: threading.Event) -> None:
    try:
        if LIVED not in stage.journal:
            month.live(stage)
            stage.journal.note(LIVED, True)  # noqa: FBT003  # the journal's value
        stage.say("done")
    except Stopped:
        return
    except Exception as error:  # noqa: BLE001  # whatever it is, the others stop and it is told
        failures.setdefault(stage.brand, error)
        abandon.set()


def _applied_digest(slug: str) -> str | None:
    with platform_work() as db:
        row = db.get(BrandRow, slug)
        return row.manifest_digest if row else None
