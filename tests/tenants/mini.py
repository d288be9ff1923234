"""A small valid manifest, as texts by path, for tests to spoil."""

from mvne_tenants.manifest import Fault, Files, Manifest, ManifestFaulty, Surroundings, accept, read_manifest

BRAND = """\
[brand]
slug = "mini"
name = "Mini"
country = "DK"
currency = "DKK"
time_zone = "Europe/Copenhagen"
languages = ["da", "en"]
hosts = ["mini.localhost"]

[legal]
name = "Mini ApS"
address = ["Eksempelvej 1"]
vat_id = "DK00000000"
registration = "CVR 00000000"
email = "post@mini.example"

[look]
primary = "#0b4f6c"
accent = "#f2a541"
logo = "logo.svg"

[senders]
email = "hej@mini.example"
sms = "Mini"

[tax]
prices_include_tax = true
[[tax.rate]]
class = "standard"
from = 1992-01-01
percent = 25
label = "Moms"

[billing]
legal_entity = "mini"
invoice_prefix = "M"
due_days = 14

[sandbox]
clock = 2026-10-01

[[api_client]]
name = "webshop"
scopes = ["catalogue", "shop"]
"""

CATALOGUE = """\
[[offerings]]
code = "mini-1"
kind = "plan"
payment_mode = "postpaid"
price_list = "mini"
position = 10
name = { da = "Mini et", en = "Mini one" }

[[offerings.prices]]
kind = "recurring"
amount = "99.00"
currency = "DKK"

[[offerings.allowances]]
code = "talk"
unit = "second"
quantity = "1h"
services = ["voice_out"]
zones = ["dk"]
"""

FILES: dict[str, str] = {
    "brand.toml": BRAND,
    "catalogue.toml": CATALOGUE,
    "logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>\n',
    "price_lists/mini/2026-01-01/zones.csv": "zone,name,prefixes\ndk,Danmark,45\n",
    "price_lists/mini/2026-01-01/rates.csv": (
        "zone,service,first,next,price,per\ndk,voice_out,60,1,0.60,60\ndk,sms_out,1,1,0.20,1\n"
    ),
    "letters/welcome.da.sms.j2": "Hej {{ given_name }}, {{ plan }} er klar.\n",
    "letters/welcome.en.sms.j2": "Hi {{ given_name }}, {{ plan }} is ready.\n",
    "letters/invoice.da.email.j2": "Subject: Regning\n\nHej {{ given_name }}\n{{ amount }} inden {{ due_on }}.\n",
    "letters/invoice.en.email.j2": "Subject: Invoice\n\nHello {{ given_name }}\n{{ amount }} by {{ due_on }}.\n",
    "inventory/sims.csv": (
        "first_iccid,first_imsi,count,kind,batch\n8945770000000000014,238509900000001,3,physical,a\n"
    ),
    "inventory/numbers.csv": "first,count,group\n+4552990000,3,standard\n",
}


def spoiled(*changes: tuple[str, str, str]) -> dict[str, str]:
    """The manifest with texts replaced, each given as path, old, new; the old one stands there once."""
    made = dict(FILES)
    for path, old, new in changes:
        assert made[path].count(old) == 1, f"{old!r} is {made[path].count(old)} times in {path}"
        made[path] = made[path].replace(old, new)
    return made


def files_of(made: dict[str, str]) -> Files:
    """Texts as they come in."""
    return accept({path: text.encode() for path, text in made.items()})


def read(made: dict[str, str], around: Surroundings | None = None) -> Manifest:
    """Read a manifest that is sound."""
    return read_manifest(files_of(made), around or Surroundings())


def faults(made: dict[str, str], around: Surroundings | None = None) -> list[tuple[str, int, str]]:
    """File, line and code of every fault of a manifest, sorted."""
    return [(fault.file, fault.line, fault.code) for fault in faults_in_full(made, around)]


def faults_in_full(made: dict[str, str], around: Surroundings | None = None) -> list[Fault]:
    """Every fault of a manifest, sorted."""
    try:
        read_manifest(files_of(made), around or Surroundings())
    except ManifestFaulty as refusal:
        return refusal.faults
    return []
