"""Online charging as simple as it can be said: lists of holds over a purse, all computed afresh for each request.

It shares the scalar rater with the platform, and nothing else: no differences, no versions, no database.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from mvne_platform.catalogue import OfflineDebit, Service, Tariff
from mvne_platform.mediation import Identifier, UsageEvent
from mvne_platform.rating import Outcome, Purse, PurseBucket, Rated, Reason, ScalarRater, Subscriber

RATER = ScalarRater()


@dataclass
class Model:
    """One subscriber: its buckets as they were, and what each request or session has taken of them since."""

    subscriber: Subscriber
    tariff: Tariff
    start: datetime
    buckets: list[PurseBucket]
    rated: dict[UUID, Rated] = field(default_factory=dict)
    used: dict[UUID, int] = field(default_factory=dict)

    def charge(self, request: UUID, quantity: int) -> bool:
        """A message, or several."""
        rated = self._rate(request, Service.SMS_OUT, quantity)
        if not self._affordable(rated):
            return False
        self.rated[request] = rated
        return True

    def grow(self, session: UUID, used: int, wanted: int) -> int:
        """A call's next quota: units beyond what is used."""
        total = self.used.get(session, 0) + used
        units = wanted
        while units and not self._affordable(self._rate(session, Service.VOICE_OUT, total + units)):
            units -= 1
        if units or session in self.used:
            self.used[session] = total
            self.rated[session] = (
                self._final(session, total + units)
                if units == 0
                else self._rate(session, Service.VOICE_OUT, total + units)
            )
        return units

    def end(self, session: UUID, used: int) -> Rated:
        """A call's end."""
        total = self.used.pop(session) + used
        self.rated[session] = self._final(session, total)
        return self.rated[session]

    def left(self) -> dict[UUID, int]:
        """What is available of each bucket."""
        return {bucket.id: bucket.amount for bucket in self._purse(None).buckets}

    def _final(self, session: UUID, total: int) -> Rated:
        rated = self._rate(session, Service.VOICE_OUT, total)
        if self._affordable(rated):
            return rated
        return self._rate(session, Service.VOICE_OUT, total, OfflineDebit.FULL)

    def _affordable(self, rated: Rated) -> bool:
        return rated.outcome is Outcome.RATED and rated.reason is not Reason.BALANCE_REFUSED

    def _rate(
        self, request: UUID, service: Service, quantity: int, policy: OfflineDebit = OfflineDebit.REFUSE
    ) -> Rated:
        seconds = service is Service.VOICE_OUT
        event = UsageEvent(
            natural_key=("model",),
            identifiers=(Identifier("msisdn", "+4520000001"),),
            service=service,
            start=self.start,
            duration_s=quantity if seconds else None,
            count=None if seconds else quantity,
            other_party="+4530000002",
            answered=True if seconds else None,
        )
        return RATER.rate(event, replace(self.subscriber, offline_debit=policy), self.tariff, self._purse(request))

    def _purse(self, but: UUID | None) -> Purse:
        """What there is without what others hold."""
        purse = Purse([replace(bucket) for bucket in self.buckets])
        for request, rated in self.rated.items():
            if request != but:
                purse.apply(rated, self.subscriber)
        return purse
