"""The plain charge, made quick: a message or purchase, paid from one money bucket or billed later. Most charges are.

What the rater says of one such event is true of every other that differs in nothing a price looks at: same prefix of
the price lists, same quantity, same minute. The general way is gone once, with stand-ins for what is each charge's own;
what it would write is cut where they stand, and for each charge its own values are put in. What is not plain (calls,
roaming, allowances, tiers, discounts, limits, sharing groups, too little money) goes the general way.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from struct import Struct
from uuid import UUID

from mvne_platform.balances import MAIN
from mvne_platform.catalogue import UNITS, ZONED_BY, PaymentMode, Service, Tariff, TariffVersion, ZonedBy
from mvne_platform.charging.online import binary
from mvne_platform.charging.online.accounts import Account
from mvne_platform.charging.online.bookings import KEY_BYTES, booking_json, event_key_of, event_row
from mvne_platform.charging.online.requests import ChargeRequest
from mvne_platform.charging.online.rules import Finished, Numbers, Party, decide_charge
from mvne_platform.charging.online.stamps import Stamp
from mvne_platform.charging.online.writing import Written, written
from mvne_platform.kernel import Unit
from mvne_platform.rating import Outcome, Purse, PurseBucket

_MOST_KEPT = 50_000
_AMPLE = 10**15 - 1
_ID, _LINE, _BUCKET = (UUID(f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}") for digit in "abc")
_MICROS = 1_000_000
_SECONDS_TO_2000 = 946_684_800
_LONG = Struct(">q")
_NO_STAMP = Stamp(b"", b"", b"", b"", 0)
_PLAIN_SERVICES = frozenset(
    service
    for service in Service
    if UNITS[service] is not Unit.SECOND and ZONED_BY[service] in (ZonedBy.CALLED_NUMBER, ZonedBy.HOME_NETWORK)
)


@dataclass(slots=True)
class PlainWritten:
    """A plain charge ready to be written: bytes, and what it takes from the account's only bucket."""

    request: ChargeRequest
    line: bytes
    version: int
    bucket: bytes | None
    amount: int
    body: bytes
    booking: bytes
    event: bytes


@dataclass(frozen=True, slots=True)
class _Template:
    """What is written for every such charge, in pieces between its own values."""

    amount: int
    takes: bool
    names_party: bool
    event: tuple[bytes, ...]
    body: tuple[bytes, ...]
    booking: tuple[bytes, ...]
    kept: tuple[object, ...]


class PlainCharges:
    """Decides plain charges; answers None for others."""

    def __init__(self) -> None:
        self._templates: dict[tuple[object, ...], _Template | None] = {}

    def decide(self, request: ChargeRequest, account: Account, numbers: Numbers, now: datetime) -> PlainWritten | None:
        """The charge, if it is plain and can be paid; the account is as remembered, and not changed."""
        usage, who = request.usage, account.party
        stamp = account.stamp
        if stamp is None or usage.service not in _PLAIN_SERVICES or usage.attributes or not request.quantity:
            return None
        second = int((usage.at or now).timestamp())
        template = self._template(request, who, numbers, second)
        if template is None:
            return None
        left = 0
        if template.takes:
            left = account.purse.buckets[0].amount - template.amount
            if left < 0 or second < stamp.since:
                return None
        return _filled(template, request, account, second, left)

    def _template(self, request: ChargeRequest, who: Party, numbers: Numbers, second: int) -> _Template | None:
        usage, start = request.usage, datetime.fromtimestamp(second, UTC)
        version = who.tariff.version_at(start)
        host = who.host.version_at(start) if who.host is not None else None
        if version is None:
            return None
        key = (
            usage.service,
            usage.visited_network,
            _listed(usage.other_party, version),
            _listed(usage.other_party, host) if host is not None else None,
            numbers,
            request.quantity,
            second // 60,
            id(version),
            id(host),
            id(who.tariff),
            id(who.host),
            who.subscriber.payment_mode,
            who.subscriber.period,
        )
        if key not in self._templates:
            if len(self._templates) >= _MOST_KEPT:
                self._templates.clear()
            # What the key names by address must not go and leave its address to something else.
            self._templates[key] = _made(request, who, numbers, start, (version, host, who.tariff, who.host))
        return self._templates[key]


def _listed(number: str | None, version: TariffVersion) -> str | None:
    """All of a number that a price list's version looks at: the entry it is listed by."""
    if number is None or not number.startswith("+"):
        return number
    for length in version.prefix_lengths:
        entry = number[1 : length + 1]
        if entry in version.prefixes and len(entry) == length:
            return entry
    return number


def _made(
    request: ChargeRequest, who: Party, numbers: Numbers, start: datetime, kept: tuple[object, ...]
) -> _Template | None:
    """Go the general way with stand-ins; None when the charge is not plain after all."""
    stand_in = replace(
        who,
        subscriber=replace(who.subscriber, subscription_id=_LINE),
        refusing=replace(who.refusing, subscription_id=_LINE),
    )
    purse = Purse([_ample(who.tariff)] if who.subscriber.payment_mode is PaymentMode.PREPAID else [])
    asked = ChargeRequest(_ID, request.usage, request.quantity)
    decision = decide_charge(asked, stand_in, numbers, purse, start)
    finished = decision.finished
    if finished is None or finished.rated.outcome is not Outcome.RATED:
        return None
    if finished.rated.reason is not None or finished.rated.counter is not None:
        return None
    return _cut(written(decision, _LINE, {_LINE: 0}), finished, kept)


def _ample(tariff: Tariff) -> PurseBucket:
    return PurseBucket(
        id=_BUCKET,
        subscription_id=_LINE,
        code=MAIN,
        unit=Unit.MONEY,
        currency=tariff.currency,
        amount=_AMPLE,
        services=frozenset(),
        zones=frozenset(),
        priority=0,
        valid_from=datetime.min.replace(tzinfo=UTC),
        valid_to=None,
    )


def _cut(one: Written, finished: Finished, kept: tuple[object, ...]) -> _Template | None:
    """Cut what would be written where the stand-ins are; None if one of them stands elsewhere too."""
    takes = bool(one.moves)
    row = event_row(finished)
    left = [_LONG.pack(_AMPLE - finished.rated.amount_micros)]
    party = finished.event.other_party
    event = _split(
        row,
        _LINE.bytes,
        row[KEY_BYTES][-16:],
        binary.timestamptz(finished.event.start)[4:],
        *([binary.text(party)] if party is not None else []),
        *([_BUCKET.bytes, *left] if takes else []),
        _ID.bytes,
    )
    line, bucket = str(_LINE).encode(), str(_BUCKET).encode()
    body = _split(one.body, str(_ID).encode(), line)
    first, second, rest = booking_json(finished, one.decision.after, [_LINE]).split(line)
    last = _split(rest, *([bucket] if takes else []))
    if event is None or body is None or last is None:
        return None
    return _Template(finished.rated.amount_micros, takes, party is not None, event, body, (first, second, *last), kept)


def _split(said: bytes, *marks: bytes) -> tuple[bytes, ...] | None:
    """The pieces between the marks; None unless each comes once, and in their order."""
    pieces = []
    for mark in marks:
        head, found, said = said.partition(mark)
        if not found or mark in said:
            return None
        pieces.append(head)
    return (*pieces, said)


def _filled(template: _Template, request: ChargeRequest, account: Account, second: int, left: int) -> PlainWritten:
    """The charge's own values between the pieces."""
    stamp = account.stamp or _NO_STAMP
    own = [stamp.line, event_key_of(request.id, second), _LONG.pack((second - _SECONDS_TO_2000) * _MICROS)]
    if template.names_party:
        own.append(binary.text(request.usage.other_party))
    texts = [stamp.line_text, stamp.line_text]
    if template.takes:
        own += (stamp.bucket, _LONG.pack(left))
        texts.append(stamp.bucket_text)
    own.append(request.id.bytes)
    return PlainWritten(
        request=request,
        line=stamp.line,
        version=account.versions[account.subscription_id],
        bucket=stamp.bucket if template.takes else None,
        amount=template.amount,
        body=_woven(template.body, [str(request.id).encode(), stamp.line_text]),
        booking=_woven(template.booking, texts),
        event=_woven(template.event, own),
    )


def _woven(pieces: tuple[bytes, ...], values: list[bytes]) -> bytes:
    woven = [*chain.from_iterable(zip(pieces, values, strict=False)), pieces[-1]]
    return b"".join(woven)
