"""Use cases of letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from mvne_platform import party
from mvne_platform.letters import jobs, permissions, queries, rules
from mvne_platform.letters.errors import TemplateMissing, TemplateRefused
from mvne_platform.letters.kinds import LETTERS
from mvne_platform.letters.models import Channel, Letter, LetterState, LetterTemplate
from mvne_platform.letters.rules import TemplateDraft
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class TemplateChanges:
    """How many templates a setting made, changed, left alone and removed."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


def set_templates(ctx: Context, drafts: Sequence[TemplateDraft]) -> TemplateChanges:
    """Make these the brand's templates, all of them; the same again changes nothing.

    Raises TemplateRefused, which names the first wrong or missing one; `rules.faults` names all.
    """
    ctx.require(permissions.MANAGE)
    for fault in rules.faults(drafts, languages=ctx.brand.languages):
        where = () if fault.position is None else (str(fault.position),)
        raise TemplateRefused(f"Letter templates: {fault.message}.", field=("templates", *where, fault.part))

    there = {(one.code, one.language, one.channel): one for one in queries.all_templates(ctx)}
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    for draft in drafts:
        known = there.pop((draft.code, draft.language, draft.channel), None)
        counts[_keep(ctx, draft, known)] += 1
    for gone in there.values():
        ctx.db.delete(gone)
    ctx.db.flush()
    return TemplateChanges(**counts, removed=len(there))


def send(
    ctx: Context,
    *,
    customer_id: UUID,
    code: str,
    occasion_id: UUID,
    values: Mapping[str, str],
    msisdn: str | None = None,
) -> list[Letter]:
    """Write to a customer, once per occasion, by every channel the brand has a template for.

    In the customer's language, else the brand's first. An SMS goes to `msisdn`, else to the customer's phone; without
    either the letter is kept as failed. An optional letter for which the brand has no template is not written.

    For other domains, which ask for their own permission. Raises UnknownCustomer, TemplateMissing, LetterTooLong;
    ValueError when `values` are not those of the letter's kind.
    """
    if values.keys() != LETTERS[code].values:
        raise ValueError(f"The letter '{code}' has the values {sorted(LETTERS[code].values)}, not {sorted(values)}.")
    written = queries.letters_for(ctx, code, occasion_id)
    if written:
        return written
    customer = party.load_customer(ctx, customer_id)
    templates = queries.templates(ctx, code, customer.language) or queries.templates(ctx, code, ctx.brand.language)
    if not templates and not LETTERS[code].optional:
        raise TemplateMissing(
            f"The brand has no template for the letter '{code}' in '{customer.language}' or '{ctx.brand.language}'; "
            "add one to its letters and apply the brand again."
        )

    whole = {**values, "brand": ctx.brand.name, "given_name": customer.given_name, "family_name": customer.family_name}
    recipients = {Channel.EMAIL: customer.email, Channel.SMS: msisdn or customer.phone}
    return [_write(ctx, customer_id, occasion_id, one, whole, recipients[one.channel]) for one in templates]


def _write(
    ctx: Context,
    customer_id: UUID,
    occasion_id: UUID,
    template: LetterTemplate,
    values: Mapping[str, str],
    recipient: str | None,
) -> Letter:
    text = rules.write(_draft(template), values)
    letter = Letter(
        customer_id=customer_id,
        code=template.code,
        occasion_id=occasion_id,
        channel=template.channel,
        recipient=recipient or "",
        subject=text.subject,
        body=text.body,
        state=LetterState.QUEUED if recipient else LetterState.FAILED,
        error=None if recipient else "the customer has no number for an SMS",
        created_at=ctx.now,
    )
    ctx.db.add(letter)
    ctx.db.flush()
    if recipient:
        ctx.later(jobs.deliver, letter_id=str(letter.id))
    return letter


def _keep(ctx: Context, draft: TemplateDraft, known: LetterTemplate | None) -> str:
    if known is None:
        made = LetterTemplate(
            code=draft.code, language=draft.language, channel=draft.channel, subject=draft.subject, body=draft.body
        )
        ctx.db.add(made)
        return "created"
    if (known.subject, known.body) == (draft.subject, draft.body):
        return "unchanged"
    known.subject, known.body = draft.subject, draft.body
    return "changed"


def _draft(template: LetterTemplate) -> TemplateDraft:
    return TemplateDraft(
        code=template.code,
        language=template.language,
        channel=template.channel,
        subject=template.subject,
        body=template.body,
    )
