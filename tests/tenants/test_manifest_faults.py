"""Each fault of a manifest is named with its file, line and code, and all of them at once."""

from pathlib import Path

import pytest

from mvne_platform.catalogue.editing import read_catalogue
from mvne_tenants.manifest import ManifestFaulty, Surroundings, accept, read_folder
from tests.tenants.mini import FILES, faults, faults_in_full, files_of, read, spoiled

TOML, SELLS = "brand.toml", "catalogue.toml"
ZONES, RATES = "price_lists/mini/2026-01-01/zones.csv", "price_lists/mini/2026-01-01/rates.csv"
WELCOME = "letters/welcome.da.sms.j2"


def test_the_small_manifest_is_sound() -> None:
    manifest = read(FILES)
    assert manifest.registration.slug == "mini"
    assert [offering.code for offering in manifest.offerings] == ["mini-1"]
    assert [row.msisdn for row in manifest.numbers] == ["+4552990000", "+4552990001", "+4552990002"]
    assert [row.iccid for row in manifest.sims] == ["8945770000000000014", "8945770000000000022", "8945770000000000030"]
    assert [row.imsi for row in manifest.sims] == ["238509900000001", "238509900000002", "238509900000003"]


def test_ten_faults_are_named_in_one_go() -> None:
    made = spoiled(
        (TOML, 'country = "DK"', 'country = "DQ"'),
        (TOML, 'time_zone = "Europe/Copenhagen"', 'time_zome = "Europe/Copenhagen"'),
        (TOML, 'primary = "#0b4f6c"', 'primary = "blue"'),
        (TOML, "due_days = 14", 'due_days = "14"'),
        (SELLS, 'price_list = "mini"', 'price_list = "maxi"'),
        (SELLS, ', en = "Mini one"', ""),
        (SELLS, 'amount = "99.00"', "amount = 99.00"),
        (RATES, "0.60,60\n", "0,60,60\n"),
        (WELCOME, "{{ plan }}", "{{ tariff }}"),
        ("inventory/numbers.csv", "+4552990000", "52990000"),
    )
    assert [str(fault) for fault in faults_in_full(made)] == [
        "brand.toml:4: UNKNOWN_COUNTRY: 'brand.country': 'DQ' is no country. Use an ISO 3166-1 code such as DK.",
        "brand.toml:6: UNKNOWN_KEY: 'brand.time_zome' is not a key of this table. Did you mean 'time_zone'?",
        "brand.toml:18: COLOUR: 'look.primary': 'blue' is no colour. Write it as # and six hexadecimal digits.",
        "brand.toml:37: WRONG_TYPE: 'billing.due_days' is not a whole number. Write digits without quotes or decimals.",
        (
            "catalogue.toml:5: OFFERING_PRICE_LIST: Offering 'mini-1': the brand has no price list 'maxi'. "
            "Name a list that has a folder below price_lists/."
        ),
        (
            "catalogue.toml:7: OFFERING_NAME: Offering 'mini-1': there is no name in the brand's language 'en'. "
            "Add the name in that language."
        ),
        (
            "catalogue.toml:11: INVALID: 'offerings[1].prices[1].amount': "
            'write the amount in quotes, such as "149.00". Correct the value.'
        ),
        "inventory/numbers.csv:2: FIELD: 'first' is '52990000'. Write + and 6 to 15 digits.",
        (
            "letters/welcome.da.sms.j2:1: LETTER_BODY: Unknown value tariff; "
            "this letter has brand, family_name, given_name, msisdn, plan. Correct the text."
        ),
        (
            "price_lists/mini/2026-01-01/rates.csv:2: PRICE_LIST: The line has 7 fields, and the header 6. "
            "Correct it; docs/guides/price-lists.md describes the files."
        ),
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "code"),
    [
        (TOML, 'slug = "mini"', 'slug = "Mini"', 2, "SLUG"),
        (TOML, 'slug = "mini"', 'slug = "console"', 2, "RESERVED_SLUG"),
        (TOML, 'slug = "mini"', 'slug = "pgadmin"', 2, "RESERVED_SLUG"),
        (TOML, 'name = "Mini"\n', "", 1, "MISSING"),
        (TOML, 'currency = "DKK"', 'currency = "HRK"', 5, "UNKNOWN_CURRENCY"),
        (TOML, '"Europe/Copenhagen"', '"CET"', 6, "UNKNOWN_TIME_ZONE"),
        (TOML, 'hosts = ["mini.localhost"]', 'hosts = ["http://mini.localhost"]', 8, "HOST"),
        (TOML, 'hosts = ["mini.localhost"]', 'hosts = ["mini.localhost",\n"mini.localhost"]', 9, "REPEATED"),
        (TOML, 'hosts = ["mini.localhost"]', 'hosts = ["console.localhost"]', 8, "HOST_TAKEN"),
        (TOML, 'hosts = ["mini.localhost"]', "hosts = []", 8, "TOO_FEW"),
        (TOML, "post@mini.example", "post at mini.example", 15, "EMAIL"),
        (TOML, 'logo = "logo.svg"', 'logo = "emblem.svg"', 20, "MISSING_FILE"),
        (TOML, 'sms = "Mini"', 'sms = "Mini Mobile Denmark"', 24, "SMS_SENDER"),
        (TOML, "percent = 25", 'percent = "25"', 31, "WRONG_TYPE"),
        (TOML, "percent = 25", "percent = 125", 31, "OUT_OF_RANGE"),
        (TOML, 'invoice_prefix = "M"', 'invoice_prefix = "mini"', 36, "PATTERN"),
        (TOML, "due_days = 14", "due_days = 400", 37, "OUT_OF_RANGE"),
        (TOML, "clock = 2026-10-01", 'clock = "tomorrow"', 40, "WRONG_TYPE"),
        (TOML, '"catalogue", "shop"]', '"catalogue", "everything"]', 44, "NOT_ONE_OF"),
        (TOML, "[sandbox]", '[catalogue]\nmode = "shared"\n\n[sandbox]', 40, "MISSING"),
        (TOML, "[sandbox]", '[catalogue]\nshared = "europe"\n\n[sandbox]', 40, "NOT_SHARED"),
        (SELLS, 'code = "mini-1"', 'code = "Mini 1"', 2, "OFFERING_CODE"),
        (SELLS, 'kind = "plan"', 'kind = "gift"', 3, "NOT_ONE_OF"),
        (SELLS, 'price_list = "mini"\n', "", 1, "OFFERING_PRICE_LIST"),
        (SELLS, "position = 10", 'position = 10\nspend_limit = "20.00"', 7, "OFFERING_SPEND_LIMIT"),
        (SELLS, 'en = "Mini one"', 'fr = "Mini un"', 7, "OFFERING_NAME"),
        (SELLS, 'currency = "DKK"', 'currency = "EUR"', 12, "OFFERING_CURRENCY"),
        (SELLS, 'currency = "DKK"', 'currency = "DKK"\nperiod_days = 28', 13, "OFFERING_PERIOD_DAYS"),
        (SELLS, 'currency = "DKK"', 'currency = "DKK"\ntax_class = "reduced"', 13, "UNKNOWN_TAX_CLASS"),
        (SELLS, '["voice_out"]', '["sms_out"]', 18, "OFFERING_SERVICES"),
        (SELLS, 'zones = ["dk"]', 'zones = ["dk", "moon"]', 19, "OFFERING_ZONES"),
        (SELLS, 'zones = ["dk"]', 'zones = ["dk"]\n[[overlay]]\ncode = "x"', 21, "NOT_SHARED"),
        (SELLS, "position = 10", "position = 10\nposition = 11", 7, "TOML_SYNTAX"),
        (ZONES, "dk,Danmark,45", "dk,Danmark,+45", 2, "PRICE_LIST"),
        (RATES, "0.20,1\n", "0.20,1\nno,voice_out,60,1,1.00,60\n", 4, "PRICE_LIST"),
        (WELCOME, "{{ plan }}", "{{ plan", 1, "LETTER_BODY"),
        (WELCOME, "{{ plan }}", "{% for x in plan %}{{ x }}{% endfor %}", 1, "LETTER_BODY"),
        ("letters/invoice.en.email.j2", "{{ amount }}", "{{ amount.__class__ }}", 4, "LETTER_BODY"),
        ("letters/invoice.en.email.j2", "Subject: Invoice\n\n", "", 1, "NO_SUBJECT"),
        ("inventory/sims.csv", "8945770000000000014", "8945770000000000015", 2, "CHECK_DIGIT"),
        ("inventory/sims.csv", ",3,physical", ",10001,physical", 2, "FIELD"),
        ("inventory/numbers.csv", "first,count", "number,count", 1, "HEADER"),
        (
            "inventory/numbers.csv",
            "+4552990000,3,standard\n",
            "+4552990000,3,standard\n+4552990002,3,gold\n",
            1,
            "REPEATED",
        ),
    ],
)
def test_a_fault_is_named_where_it_stands(path: str, old: str, new: str, line: int, code: str) -> None:
    assert faults(spoiled((path, old, new))) == [(path, line, code)]


def test_a_tax_class_must_have_a_rate_when_the_brand_begins() -> None:
    made = spoiled((TOML, "from = 1992-01-01", "from = 2026-10-02"))
    assert faults(made) == [(SELLS, 9, "UNKNOWN_TAX_CLASS")]


def test_a_price_list_must_hold_when_the_brand_begins() -> None:
    later = {path.replace("2026-01-01", "2026-10-02"): text for path, text in FILES.items()}
    assert faults(later) == [("price_lists/mini", 1, "NOT_YET_IN_FORCE")]


@pytest.mark.parametrize(
    ("removed", "found"),
    [
        ("brand.toml", [("brand.toml", 1, "MISSING_FILE")]),
        ("catalogue.toml", [("catalogue.toml", 1, "MISSING_FILE")]),
        ("logo.svg", [("brand.toml", 20, "MISSING_FILE")]),
        (
            ZONES,
            [
                (RATES, 2, "PRICE_LIST"),
                (RATES, 3, "PRICE_LIST"),
                (SELLS, 19, "OFFERING_ZONES"),
                (ZONES, 1, "PRICE_LIST"),
            ],
        ),
        ("letters/welcome.da.sms.j2", [("letters", 1, "LETTER_LANGUAGE")]),
        ("inventory/sims.csv", []),
    ],
)
def test_a_missing_file(removed: str, found: list[tuple[str, int, str]]) -> None:
    made = {path: text for path, text in FILES.items() if path != removed}
    assert sorted(faults(made)) == sorted(found)


@pytest.mark.parametrize(
    ("path", "way_out"),
    [
        ("catalog.toml", "Did you mean catalogue.toml?"),
        ("notes/idea.txt", "Remove it, or see docs/reference/manifest.md."),
    ],
)
def test_a_file_that_belongs_nowhere(path: str, way_out: str) -> None:
    (fault,) = faults_in_full(FILES | {path: "x"})
    assert (fault.file, fault.code, fault.way_out) == (path, "UNKNOWN_FILE", way_out)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("price_lists/rates.csv", "UNKNOWN_FILE"),
        ("price_lists/mini/rates.csv", "UNKNOWN_FILE"),
        ("price_lists/mini/2026-02-30/zones.csv", "NO_SUCH_DAY"),
        ("letters/welcome.email.j2", "UNKNOWN_FILE"),
        ("letters/welcome.da.fax.j2", "UNKNOWN_CHANNEL"),
        ("letters/birthday.da.sms.j2", "LETTER_CODE"),
        ("letters/welcome.de.sms.j2", "LETTER_LANGUAGE"),
    ],
)
def test_a_file_in_the_wrong_place(path: str, code: str) -> None:
    assert code in [fault.code for fault in faults_in_full(FILES | {path: "text\n"})]


def test_another_brands_host_is_taken_and_ones_own_is_not() -> None:
    assert faults(FILES, Surroundings(hosts={"mini.localhost": "mini"})) == []
    assert faults(FILES, Surroundings(hosts={"mini.localhost": "maxi"})) == [(TOML, 8, "HOST_TAKEN")]


SHARED = read_catalogue(
    {
        "offerings": [
            {
                "code": "s",
                "kind": "plan",
                "payment_mode": "postpaid",
                "price_list": "mini",
                "name": {"da": "S", "en": "S"},
                "prices": [{"kind": "recurring", "amount": "1.00", "currency": "DKK"}],
            }
        ]
    }
)
SUBSCRIBED = spoiled((TOML, "[sandbox]", '[catalogue]\nmode = "shared"\nshared = "nordic"\nversion = 1\n\n[sandbox]'))


def test_a_subscription_takes_the_shared_offerings_with_its_overlay() -> None:
    assert not isinstance(SHARED, list)
    around = Surroundings(shared={("nordic", 1): SHARED})
    overlay = '[[overlay]]\ncode = "s"\nname = { en = "Mini S" }\nhidden = true\n'
    (offering,) = read(SUBSCRIBED | {SELLS: overlay}, around).offerings
    assert (offering.name, offering.hidden, offering.shared_version) == ({"da": "S", "en": "Mini S"}, True, 1)


@pytest.mark.parametrize(
    ("sells", "found"),
    [
        ('[[overlay]]\ncode = "xl"\nhidden = true\n', (SELLS, 2, "UNKNOWN_OFFERING")),
        (
            '[[overlay]]\ncode = "s"\nprices = [{ kind = "recurring", amount = "1.00", currency = "EUR" }]\n',
            (SELLS, 3, "OFFERING_CURRENCY"),
        ),
        (FILES[SELLS], (SELLS, 2, "NOT_OWN")),
    ],
)
def test_a_faulty_overlay(sells: str, found: tuple[str, int, str]) -> None:
    assert not isinstance(SHARED, list)
    assert faults(SUBSCRIBED | {SELLS: sells}, Surroundings(shared={("nordic", 1): SHARED})) == [found]


def test_a_shared_catalogue_must_be_published() -> None:
    assert (TOML, 42, "UNKNOWN_SHARED") in faults(SUBSCRIBED)


def test_nothing_is_read_as_a_number_that_is_not_exact() -> None:
    made = spoiled((TOML, "percent = 25", "percent = 8.1"))
    assert [rate.rate_millionths for rate in read(made).tax_rates] == [81_000]


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("../brand.toml", b"", "UNSAFE_PATH"),
        ("/etc/passwd", b"", "UNSAFE_PATH"),
        ("letters\\welcome", b"", "UNSAFE_PATH"),
        (".hidden", b"", "UNSAFE_PATH"),
        ("a/b/c/d/e", b"", "UNSAFE_PATH"),
        ("brand.toml", b"name = \xff", "NOT_UTF8"),
        ("brand.toml", b"x" * 1_000_001, "TOO_LARGE"),
    ],
)
def test_an_upload_is_bounded(path: str, content: bytes, code: str) -> None:
    with pytest.raises(ManifestFaulty) as refusal:
        accept({path: content})
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_an_upload_has_a_bounded_number_of_files_and_bytes() -> None:
    with pytest.raises(ManifestFaulty) as refusal:
        accept({f"letters/{n}": b"" for n in range(301)})
    assert [fault.code for fault in refusal.value.faults] == ["TOO_MANY_FILES"]
    with pytest.raises(ManifestFaulty) as refusal:
        accept({f"letters/{n}": b"x" * 900_000 for n in range(5)})
    assert [fault.code for fault in refusal.value.faults] == ["TOO_LARGE"]


def test_a_folder_holds_plain_files_only(tmp_path: Path) -> None:
    (tmp_path / "brand.toml").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / "logo.svg").symlink_to("/etc/hostname")
    with pytest.raises(ManifestFaulty) as refusal:
        read_folder(tmp_path)
    assert [(fault.file, fault.code) for fault in refusal.value.faults] == [("logo.svg", "NOT_A_FILE")]
    with pytest.raises(ManifestFaulty, match="NO_FOLDER"):
        read_folder(tmp_path / "nowhere")


def test_the_digest_knows_paths_and_texts_not_their_order() -> None:
    files = files_of(FILES)
    backwards = files_of(dict(reversed(FILES.items())))
    other = files_of(FILES | {"README.md": ""})
    assert files.digest == backwards.digest != other.digest


def test_a_brand_that_verifies_identities_says_when_it_declines() -> None:
    made = spoiled((TOML, "[sandbox]", "[verification]\nidentity = true\n\n[sandbox]"))
    assert faults(made) == [("letters", 1, "LETTER_CODE")]
    declined = {f"letters/identity_declined.{language}.sms.j2": "{{ order_number }}" for language in ("da", "en")}
    assert read(made | declined).registration.profile["identity_verification"] is True


LOYALTY = """\
[programme]
code = "points"
name = { da = "Point", en = "Points" }

[[rules]]
code = "bill"
trigger = "bill"
points = 1
per = "10.00"

[[rewards]]
code = "talk"
name = { da = "Tale", en = "Calls" }
points = 10
unit = "second"
quantity = "1h"
zones = ["dk"]
valid_days = 30
"""


def test_a_programme_is_read() -> None:
    programme = read(FILES | {"loyalty.toml": LOYALTY}).programme
    assert programme is not None
    assert [(rule.code, rule.per_micros) for rule in programme.rules] == [("bill", 10_000_000)]
    assert [(reward.quantity, reward.zones) for reward in programme.rewards] == [(3600, ("dk",))]


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        (', en = "Points"', "", 3, "LOYALTY_NAME"),
        ('trigger = "bill"', 'trigger = "birthday"', 7, "NOT_ONE_OF"),
        ("points = 1\n", "points = 0\n", 8, "LOYALTY_POINTS"),
        ('per = "10.00"\n', "", 5, "LOYALTY_PER"),
        ('per = "10.00"', "per = 10", 9, "INVALID"),
        ('per = "10.00"', 'per = "10.00"\nmonths = [1]', 10, "LOYALTY_MONTHS"),
        (', en = "Calls"', "", 13, "LOYALTY_NAME"),
        ('zones = ["dk"]', 'zones = ["dk", "moon"]', 17, "UNKNOWN_ZONE"),
        ("valid_days = 30", "valid_days = 0", 18, "LOYALTY_VALID_DAYS"),
        ("valid_days = 30", "valid_day = 30", 18, "UNKNOWN_KEY"),
    ],
)
def test_a_faulty_programme(old: str, new: str, line: int, code: str) -> None:
    assert LOYALTY.count(old) == 1
    assert faults(FILES | {"loyalty.toml": LOYALTY.replace(old, new)}) == [("loyalty.toml", line, code)]


DECK = "price_lists/mini/2026-01-01/deck.csv"
DECK_TERMS = "price_lists/mini/2026-01-01/deck.toml"
CARRIER = (
    "destination,prefix,initial_rate_per_minute,increment_rate_per_minute,time_band\n"
    "Norway,47,0.10,0.10,peak\nUs,1,Blocked,Blocked,peak\n"
)
TERMS = 'currency = "USD"\nrate = 6.91\ndate = 2026-09-30\n'


def test_a_carriers_deck_needs_its_terms() -> None:
    (draft,) = read(FILES | {DECK: CARRIER, DECK_TERMS: TERMS}).price_lists
    assert [(zone.code, zone.treatment.value) for zone in draft.zones] == [
        ("dk", "normal"),
        ("norway", "normal"),
        ("us", "barred"),
    ]
    assert [rate.price_micros for rate in draft.rates if rate.zone == "norway"] == [691_000]
    assert faults(FILES | {DECK: CARRIER}) == [(DECK, 1, "PRICE_LIST")]
    unexact = {DECK: CARRIER, DECK_TERMS: TERMS.replace("6.91", '"6.91"')}
    assert faults(FILES | unexact) == [(DECK_TERMS, 2, "WRONG_TYPE")]
