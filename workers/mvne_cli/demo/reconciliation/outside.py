"""What the world outside says it has seen, asked of the simulators over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx2

PAGE = 200


@dataclass(frozen=True, slots=True)
class Outside:
    """One brand's side of the world: its lines in the network, money taken for it, letters it has sent."""

    active_imsis: frozenset[str]
    captured: Decimal
    mails: int
    texts: int


@dataclass(frozen=True, slots=True)
class Simulators:
    """Where the simulators listen, and their token."""

    network: str
    partners: str
    messages: str
    token: str

    def seen_by(self, *, currency: str, mail_sender: str, text_sender: str) -> Outside:
        """What they have seen of a brand, known by its currency and the names it sends letters under."""
        active = {
            one["imsi"] for one in self._all(self.network, "/v1/subscribers", "subscribers") if one["state"] == "active"
        }
        messages = self._letters()
        captured = self._get(self.partners, "/v1/stats", {})["captured"]
        return Outside(
            active_imsis=frozenset(active),
            captured=Decimal(captured.get(currency, "0")),
            mails=sum(channel == "mail" and mail_sender in sender for channel, sender, _ in messages),
            texts=sum(channel == "sms" and sender == text_sender for channel, sender, _ in messages),
        )

    def _letters(self) -> set[tuple[str, str, str]]:
        """Channel, sender and id of everything delivered; a letter that was sent again after a crash counts once."""
        return {
            (one["channel"], one["from"], one["message_id"])
            for one in self._all(self.messages, "/v1/messages", "messages")
            if one["state"] == "delivered"
        }

    def _all(self, base: str, path: str, name: str) -> Iterator[dict[str, Any]]:
        after: str | None = ""
        while after is not None:
            page = self._get(base, path, {"first": str(PAGE), **({"after": after} if after else {})})
            yield from page[name]
            after = page["next"]

    def _get(self, base: str, path: str, parameters: dict[str, str]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        response = httpx2.get(base + path, params=parameters, headers=headers, timeout=10)
        response.raise_for_status()
        content: dict[str, Any] = response.json()
        return content
