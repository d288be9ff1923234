"""The examples of docs/guides/online-charging.md, run one after the other as a reader would."""

import json
import re
from pathlib import Path
from typing import Any

from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging.online import errors
from mvne_platform.kernel import DomainError
from mvne_platform.runtime import brand_work
from tests.platform.charging.shop import open_line, open_shop
from tests.platform.charging_online.desk import give_money
from tests.platform.charging_online.wire import Wire, over_wire
from tests.plugins.database import Database

GUIDE = Path("docs/guides/online-charging.md").read_text("utf-8")
EXAMPLE = re.compile(r"```bash\ncurl -s \$CHARGING/(\S+) [^\n]* -d '(.*?)'\n```\n\n```json\n(.*?)```", re.DOTALL)


def test_every_example_is_answered_as_printed(database: Database):
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        give_money(ctx, open_line(ctx, "+4520123456", PaymentMode.PREPAID), 1_000_000)
    examples = EXAMPLE.findall(GUIDE)
    assert [path.rsplit("/", 1)[-1] for path, _, _ in examples] == [
        "enquiry",
        "charge",
        "sessions",
        "update",
        "release",
    ]

    async def story(wire: Wire) -> list[Any]:
        return [(await wire.post(path, json.loads(body))).json() for path, body, _ in examples]

    for said, (_, _, printed) in zip(over_wire(story), examples, strict=True):
        expected = json.loads(printed)
        assert {name: said[name] for name in expected} == expected


def test_the_codes_it_lists_are_those_there_are():
    listed = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+|BUSY|UNAVAILABLE|UNAUTHENTICATED)`", GUIDE))
    own = {one.code for one in vars(errors).values() if isinstance(one, type) and issubclass(one, DomainError)}
    own -= {"REFUSED", "INVALID", "NOT_FOUND"}
    edge = {"BAD_MESSAGE", "TOO_LARGE", "UNAUTHENTICATED", "SCOPE_MISSING", "UNKNOWN_BRAND", "UNAVAILABLE"}
    assert listed == own | edge
