"""What staff do at the console: issue vouchers, move the sandbox's clock."""

from datetime import datetime
from itertools import count

from mvne_cli.demo.doors import Refused, until
from mvne_cli.demo.stage import Stage

_ISSUE = """mutation Issue($input: IssueVouchersInput!) {
  issueVouchers(input: $input) { codes userErrors { code message field } }
}"""

_ADVANCE = """mutation Advance($input: AdvanceClockInput!) {
  advanceClock(input: $input) { brand { clock { now } } userErrors { code message field } }
}"""

_CLOCK = "query Clock($slug: String!) { brand(slug: $slug) { clock { now movingTo } } }"

VOUCHERS = 10
# A month end with its bill run, invoices and letters takes some seconds; a busy machine, more.
PATIENCE_SECONDS = 600.0


def issue_vouchers(stage: Stage, value: str) -> list[str]:
    """A batch of vouchers. A run that was broken off before it noted the codes gets the same again, by its key."""

    def issue(key: str) -> list[str]:
        for number in count(1):
            given = {
                "batchCode": f"demo-{number}",
                "count": VOUCHERS,
                "amount": {"amount": value, "currencyCode": stage.currency},
                "validTo": stage.at(90).isoformat(),
            }
            try:
                return list(stage.console.do(_ISSUE, f"{key}-{number}", given)["codes"])
            except Refused as refusal:
                if refusal.codes != ("VOUCHER_BATCH_EXISTS",):
                    raise
        return []

    codes: list[str] = stage.once("vouchers", issue)
    return codes


def move_clock(stage: Stage, to: datetime) -> None:
    """Move the brand's clock, and wait until it has arrived and all it set off is done."""
    if datetime.fromisoformat(_shown(stage)["now"]) >= to:
        return
    stage.console.do(_ADVANCE, None, {"slug": stage.brand, "to": to.isoformat()})
    until(
        stage.stop, lambda: _has_arrived(stage, to), what=f"the clock's way to {to}", patience_seconds=PATIENCE_SECONDS
    )


def _has_arrived(stage: Stage, to: datetime) -> bool:
    clock = _shown(stage)
    return clock["movingTo"] is None and datetime.fromisoformat(clock["now"]) >= to


def _shown(stage: Stage) -> dict[str, str]:
    clock: dict[str, str] = stage.console.ask(_CLOCK, slug=stage.brand)["brand"]["clock"]
    return clock
