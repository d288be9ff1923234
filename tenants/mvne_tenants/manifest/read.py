"""Reads a manifest whole: every file, every relation between them, every fault at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from mvne_platform import catalogue
from mvne_platform.catalogue import HolidayDraft, OfferingDraft, PaymentMode, PriceListDraft
from mvne_platform.catalogue.editing import CatalogueContent, ContractDraft
from mvne_platform.inventory import NumberRow, SimRow
from mvne_platform.kernel import start_of_day
from mvne_platform.letters import TemplateDraft
from mvne_platform.loyalty import ProgrammeDraft
from mvne_platform.mediation.sources import SourceDraft
from mvne_platform.tax import RateDraft
from mvne_tenants.manifest.brand import ApiClientForm, BrandForm
from mvne_tenants.manifest.brand_relations import brand_relation_faults, languages_of
from mvne_tenants.manifest.catalogue import CatalogueForm, CustomerGroupForm
from mvne_tenants.manifest.choice import choice_faults
from mvne_tenants.manifest.faults import Fault, ManifestFaulty
from mvne_tenants.manifest.fields import Currency, TimeZone, valid
from mvne_tenants.manifest.files import Files
from mvne_tenants.manifest.forms import FormType, fit
from mvne_tenants.manifest.inventory import NUMBERS, SIMS, read_inventory
from mvne_tenants.manifest.letters import Letters, read_letters
from mvne_tenants.manifest.loyalty import LoyaltyForm, loyalty_faults
from mvne_tenants.manifest.number_data import PORTABILITY, SHORT_CODES, NumberDataFile, read_number_data
from mvne_tenants.manifest.offerings import Ground, own_offering_faults, shared_offering_faults, tax_classes_on
from mvne_tenants.manifest.price_lists import PriceLists, read_price_lists
from mvne_tenants.manifest.profile import Registration, registration
from mvne_tenants.manifest.source import Source, Table, parse_toml
from mvne_tenants.manifest.surroundings import Surroundings
from mvne_tenants.manifest.usage_sources import usage_source_faults

BRAND, CATALOGUE, LOYALTY = "brand.toml", "catalogue.toml", "loyalty.toml"
# Who is not who they say hears of it.
DECLINED = "identity_declined"
_KNOWN = (BRAND, CATALOGUE, LOYALTY, SIMS, NUMBERS, SHORT_CODES, PORTABILITY, "README.md")
_FOLDERS = ("price_lists/", "letters/")
# Stand in where brand.toml cannot be read, so that the other files are read all the same.
_NO_CURRENCY, _NO_ZONE = "XXX", "Etc/UTC"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A brand as data, checked whole. `notes` say what was decided between its files."""

    digest: str
    registration: Registration
    tax_rates: tuple[RateDraft, ...]
    holidays: tuple[HolidayDraft, ...]
    customer_groups: tuple[CustomerGroupForm, ...]
    host_contracts: tuple[ContractDraft, ...]
    price_lists: tuple[PriceListDraft, ...]
    offerings: tuple[OfferingDraft, ...]
    letters: tuple[TemplateDraft, ...]
    programme: ProgrammeDraft | None
    sims: tuple[SimRow, ...]
    numbers: tuple[NumberRow, ...]
    number_data: tuple[NumberDataFile, ...]
    api_clients: tuple[ApiClientForm, ...]
    usage_sources: tuple[SourceDraft, ...]
    notes: tuple[str, ...]


def read_manifest(files: Files, around: Surroundings) -> Manifest:
    """Read and check a manifest; raises ManifestFaulty with every fault that can be told."""
    return _Reader(files, around).read()


def slug_of(files: Files) -> str | None:
    """The brand a manifest is of, as far as that can be read: by it one decides whose manifest this is."""
    source = parse_toml(BRAND, files.texts.get(BRAND, ""))
    return None if isinstance(source, Fault) else source.root.table("brand").text("slug") or None


def subscription(files: Files) -> tuple[str, int] | None:
    """The shared catalogue and its version that a manifest subscribes to, as far as that can be read."""
    source = parse_toml(BRAND, files.texts.get(BRAND, ""))
    return None if isinstance(source, Fault) else _subscription(source.root)


def _subscription(brand: Table) -> tuple[str, int] | None:
    mode = brand.table("catalogue")
    code, version = mode.text("shared"), mode.values.get("version")
    return (code, version) if mode.text("mode") == "shared" and code and isinstance(version, int) else None


class _Reader:
    """Reads file by file, collecting faults; what one file lacks hides as little as possible of the others."""

    def __init__(self, files: Files, around: Surroundings) -> None:
        self.files = files
        self.around = around
        self.faults: list[Fault] = []
        self.brand_source = self._source(BRAND)
        self.brand: Table = self.brand_source.root
        self.catalogue_source = self._source(CATALOGUE)

    def read(self) -> Manifest:
        """Read everything."""
        form = self._fit(BrandForm, self.brand_source)
        self.faults += brand_relation_faults(self.brand, self.files, self.around)
        self.faults += usage_source_faults(self.brand_source, form.usage_source if form is not None else ())
        price_lists = self._price_lists()
        catalogue_form = self._fit(CatalogueForm, self.catalogue_source)
        ground = self._ground(price_lists)
        self.faults += self._offering_faults(catalogue_form, ground)
        self.faults += choice_faults(self.catalogue_source, price_lists)
        programme = self._programme(ground)
        letters = self._letters()
        inventory = read_inventory(self.files)
        number_data = read_number_data(self.files, self._zone())
        self.faults += (*inventory.faults, *number_data.faults, *self._unknown_files())
        if self.faults or form is None or catalogue_form is None:
            raise ManifestFaulty(self.faults)
        registered = registration(form, self.files.texts[form.look.logo])
        return Manifest(
            digest=self.files.digest,
            registration=registered,
            tax_rates=tuple(rate.draft(registered.country) for rate in form.tax.rate),
            holidays=tuple(holiday.draft() for holiday in catalogue_form.holidays),
            customer_groups=catalogue_form.customer_groups,
            host_contracts=tuple(contract.draft(form.brand.time_zone) for contract in catalogue_form.host_contracts),
            price_lists=price_lists.drafts,
            offerings=self._offerings(catalogue_form),
            letters=letters.drafts,
            programme=programme,
            sims=inventory.sims,
            numbers=inventory.numbers,
            number_data=number_data.files,
            api_clients=form.api_client,
            usage_sources=tuple(source.draft() for source in form.usage_source),
            notes=price_lists.notes,
        )

    def _source(self, file: str) -> Source:
        """A TOML file that must be there; an empty document where it cannot be read."""
        text = self.files.texts.get(file)
        if text is None:
            self.faults.append(Fault(file, 1, "MISSING_FILE", "The manifest has no such file.", "Add it."))
        read = parse_toml(file, text or "")
        if isinstance(read, Source):
            return read
        self.faults.append(read)
        return Source(file, {}, {})

    def _fit(self, form: type[FormType], source: Source) -> FormType | None:
        if not source.values:
            return None  # absent or no TOML: said already
        fitted = fit(form, source)
        if isinstance(fitted, list):
            self.faults += fitted
            return None
        return fitted

    def _price_lists(self) -> PriceLists:
        identity = self.brand.table("brand")
        currency = valid(Currency, identity.text("currency")) or _NO_CURRENCY
        zone = self._zone()
        read = read_price_lists(self.files, currency, zone)
        self.faults += (*read.faults, *self._not_yet_in_force(read.drafts, zone))
        return read

    def _zone(self) -> str:
        return valid(TimeZone, self.brand.table("brand").text("time_zone")) or _NO_ZONE

    def _not_yet_in_force(self, drafts: tuple[PriceListDraft, ...], zone: str) -> Iterator[Fault]:
        day = self._clock_day()
        first = {draft.code: draft.valid_from for draft in sorted(drafts, key=lambda d: d.valid_from, reverse=True)}
        for code, valid_from in first.items():
            if day is not None and valid_from > start_of_day(day, zone):
                cause = f"No version of '{code}' holds on {day}, when the brand's clock begins."
                way_out = "Begin with a version that holds by then."
                yield Fault(f"price_lists/{code}", 1, "NOT_YET_IN_FORCE", cause, way_out)

    def _clock_day(self) -> date | None:
        day = self.brand.table("sandbox").values.get("clock")
        return day if isinstance(day, date) else None

    def _ground(self, price_lists: PriceLists) -> Ground:
        identity = self.brand.table("brand")
        return Ground(
            currency=valid(Currency, identity.text("currency")),
            languages=tuple(languages_of(self.brand)),
            zones=price_lists.zones,
            tax_classes=tax_classes_on(self.brand, self._clock_day()),
        )

    def _shared(self) -> tuple[int, CatalogueContent] | None:
        """The version of the shared catalogue the brand subscribes to, if it does and there is one."""
        wanted = _subscription(self.brand)
        content = self.around.shared.get(wanted) if wanted else None
        return None if wanted is None or content is None else (wanted[1], content)

    def _offering_faults(self, form: CatalogueForm | None, ground: Ground) -> Iterator[Fault]:
        if self.brand.table("catalogue").text("mode") != "shared":
            yield from own_offering_faults(self.catalogue_source, ground)
            return
        shared = self._shared()
        if form is not None and shared is not None:
            version, content = shared
            yield from shared_offering_faults(self.catalogue_source, form, content, version, ground)

    def _offerings(self, form: CatalogueForm) -> tuple[OfferingDraft, ...]:
        shared = self._shared()
        if shared is None:
            return tuple(offering.draft() for offering in form.offerings)
        version, content = shared
        return tuple(catalogue.overlaid(content, version, form.as_overlay))

    def _programme(self, ground: Ground) -> ProgrammeDraft | None:
        """The loyalty programme; a brand may do without one."""
        if LOYALTY not in self.files.texts:
            return None
        source = self._source(LOYALTY)
        form = self._fit(LoyaltyForm, source)
        self.faults += loyalty_faults(source, form, ground)
        return form.draft() if form is not None else None

    def _letters(self) -> Letters:
        letters = read_letters(self.files, languages_of(self.brand), self._payment_modes())
        self.faults += letters.faults
        verifies = self.brand.table("verification").values.get("identity") is True
        if verifies and all(draft.code != DECLINED for draft in letters.drafts):
            cause = f"The brand verifies identities and has no letter '{DECLINED}'."
            self.faults.append(Fault("letters", 1, "LETTER_CODE", cause, "Add it in each language."))
        return letters

    def _payment_modes(self) -> frozenset[PaymentMode]:
        shared = self._shared()
        if shared is not None:
            return frozenset(offering.payment_mode for offering in shared[1].offerings)
        named = {offering.text("payment_mode") for offering in self.catalogue_source.root.tables("offerings")}
        return frozenset(mode for mode in PaymentMode if mode.value in named)

    def _unknown_files(self) -> Iterator[Fault]:
        logo = self.brand.table("look").text("logo")
        # A logo that is named wrongly is one fault, not two.
        known = {*_KNOWN, logo} | {
            path for path in self.files.texts if path.endswith(".svg") and logo not in self.files.texts
        }
        for path in sorted(self.files.texts):
            if path not in known and not path.startswith(_FOLDERS):
                close = get_close_matches(path, known, n=1)
                way_out = f"Did you mean {close[0]}?" if close else "Remove it, or see docs/reference/manifest.md."
                yield Fault(path, 1, "UNKNOWN_FILE", "A manifest has no such file.", way_out)
