"""The examples of the guide are a price list that can be read."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from mvne_platform.catalogue import DeckTerms, Exchange, PriceListHead, read_price_list_csv
from tests.platform.catalogue.files import VALID_FROM, sound

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "price-lists.md"


def test_the_examples_of_the_guide_can_be_read() -> None:
    sections = re.findall(r"^## (\w+\.csv)\n\n```csv\n(.*?)```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    texts = dict(sections)
    assert list(texts) == ["zones.csv", "rates.csv", "bands.csv", "deck.csv"]
    # The guide shows lines of every kind, not a whole list: the zones it leaves without a price get one here.
    own = ("roam-partner,roaming_data,,,1kB,1kB,1.00,1GB", "dk-mobile,voice_out,,,1,1,1.00,1min")
    texts["rates.csv"] += "".join(f"{line},,,,,,\n" for line in own)
    terms = DeckTerms(Exchange("USD", Decimal("6.91"), date(2026, 9, 30)), leave_out=("45",))
    draft = sound(read_price_list_csv(PriceListHead("retail", "DKK", VALID_FROM, terms), texts))
    assert [zone.code for zone in draft.zones][-3:] == ["roam-partner", "el-salvador-cte", "france"]
