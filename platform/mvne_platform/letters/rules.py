"""Which templates a brand may and must have, and how letters are put together. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mvne_platform.catalogue import PaymentMode
from mvne_platform.letters import sandbox
from mvne_platform.letters.kinds import LETTERS
from mvne_platform.letters.models import Channel

_SUBJECT_LENGTH = 200
_LENGTH = {Channel.EMAIL: 100_000, Channel.SMS: 670}  # an SMS: ten parts of 67 UCS-2 units (3GPP TS 23.040)
_SOURCE_LENGTH = {Channel.EMAIL: 50_000, Channel.SMS: 2_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """A template as a manifest states it; e-mail has a subject, SMS has none."""

    code: str
    language: str
    channel: Channel
    body: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """What is wrong: the position of the draft (None: one is missing), its part, and why."""

    position: int | None
    part: str
    message: str


@dataclass(frozen=True, slots=True)
class Text:
    """A letter's words."""

    subject: str | None
    body: str


def faults(
    drafts: Sequence[TemplateDraft], *, languages: Sequence[str], payment_modes: Collection[PaymentMode] = ()
) -> list[TemplateFault]:
    """Everything wrong with a brand's templates, missing ones named.

    `payment_modes` are those of the plans the brand sells: an invoice letter, say, is needed by postpaid ones.
    """
    found = [fault for position, draft in enumerate(drafts) for fault in _of_draft(position, draft, languages)]
    seen: set[tuple[str, str, Channel]] = set()
    for position, draft in enumerate(drafts):
        key = (draft.code, draft.language, draft.channel)
        if key in seen:
            found.append(TemplateFault(position, "code", f"the letter '{draft.code}' has this text twice"))
        seen.add(key)
    return [*found, *_missing(drafts, languages, frozenset(payment_modes))]


def write(draft: TemplateDraft, values: Mapping[str, str]) -> Text:
    """Fill subject and body in; raises LetterTooLong."""
    subject = None
    if draft.subject is not None:
        subject = " ".join(sandbox.render(draft.subject, values, at_most=_SUBJECT_LENGTH * 5).split())
    html = draft.channel is Channel.EMAIL and sandbox.is_html(draft.body)
    body = sandbox.render(draft.body, values, at_most=_LENGTH[draft.channel], html=html)
    return Text(subject, body if draft.channel is Channel.EMAIL else body.strip())


def _of_draft(position: int, draft: TemplateDraft, languages: Sequence[str]) -> Iterator[TemplateFault]:
    kind = LETTERS.get(draft.code)
    if kind is None:
        known = ", ".join(LETTERS)
        yield TemplateFault(position, "code", f"the platform sends no letter '{draft.code}'; it sends {known}")
        return
    if draft.language not in languages:
        yield TemplateFault(position, "language", f"'{draft.language}' is none of {', '.join(languages)}")
    for message in _subject_faults(draft):
        yield TemplateFault(position, "subject", message)
    if not draft.body.strip() or len(draft.body) > _SOURCE_LENGTH[draft.channel]:
        yield TemplateFault(position, "body", f"a text of 1 to {_SOURCE_LENGTH[draft.channel]} characters is needed")
    for part, source in (("subject", draft.subject or ""), ("body", draft.body)):
        for message in sandbox.faults_of(source, kind.variables):
            yield TemplateFault(position, part, message)


def _subject_faults(draft: TemplateDraft) -> Iterable[str]:
    subject = (draft.subject or "").strip()
    if draft.channel is Channel.SMS:
        return ["an SMS has no subject"] if subject else []
    if not subject or len(subject) > _SUBJECT_LENGTH or "\n" in subject:
        return [f"an e-mail needs a subject of one line, at most {_SUBJECT_LENGTH} characters"]
    return []


def _missing(
    drafts: Sequence[TemplateDraft], languages: Sequence[str], payment_modes: frozenset[PaymentMode]
) -> Iterator[TemplateFault]:
    """Letters the brand needs and has not, and languages that lack what another one has."""
    for code, kind in LETTERS.items():
        by_language = {
            language: {draft.channel for draft in drafts if (draft.code, draft.language) == (code, language)}
            for language in languages
        }
        channels = set().union(*by_language.values())
        if not channels:
            if kind.needed_by == frozenset(PaymentMode) or kind.needed_by & payment_modes:
                yield TemplateFault(None, "code", f"the letter '{code}' has no template")
            continue
        for language, there in by_language.items():
            for channel in sorted(channels - there):
                yield TemplateFault(
                    None, "language", f"the letter '{code}' by {channel} lacks the language '{language}'"
                )
