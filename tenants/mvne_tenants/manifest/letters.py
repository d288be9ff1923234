"""Letter templates of a manifest: `letters/<letter>.<language>.<channel>.j2`.

An e-mail's first line is `Subject: …`, then an empty line, then the text; a text message is the text alone.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mvne_platform import letters
from mvne_platform.catalogue import PaymentMode
from mvne_platform.letters import Channel, TemplateDraft, TemplateFault
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.files import Files

FOLDER = "letters"

_PATH = re.compile(rf"{FOLDER}/([a-z_]+)\.([a-z]{{2}})\.([a-z]+)\.j2")
_SUBJECT = re.compile(r"Subject: (\S[^\n]*)\n\n")
_LINE = re.compile(r"line (\d+): ")
_WAYS_OUT = {
    "code": "Rename the file, or add the one that is missing.",
    "language": "Add the file of that language, or the language to the brand.",
    "subject": "Correct the subject.",
    "body": "Correct the text.",
}


@dataclass(frozen=True, slots=True)
class _Text:
    """A template and where it came from; `body_line` is the line of the file on which its body begins."""

    path: str
    body_line: int
    draft: TemplateDraft


@dataclass(frozen=True, slots=True)
class Letters:
    """The templates that could be read, and every fault."""

    drafts: tuple[TemplateDraft, ...]
    faults: tuple[Fault, ...]


def read_letters(files: Files, languages: Sequence[str], payment_modes: Collection[PaymentMode]) -> Letters:
    """Read every file below `letters/`; the plans' payment modes say which letters are needed."""
    faults: list[Fault] = []
    read = [_read(path, files.texts[path], faults) for path in files.below(FOLDER)]
    texts = [text for text in read if text is not None]
    drafts = tuple(text.draft for text in texts)
    found = letters.faults(drafts, languages=languages, payment_modes=payment_modes) if languages else []
    return Letters(drafts, (*faults, *(_located(fault, texts) for fault in found)))


def _read(path: str, text: str, faults: list[Fault]) -> _Text | None:
    match = _PATH.fullmatch(path)
    if match is None:
        cause = "A letter's file is named <letter>.<language>.<channel>.j2."
        faults.append(Fault(path, 1, "UNKNOWN_FILE", cause, "Rename it, for example letters/welcome.en.email.j2."))
        return None
    code, language, channel = match.groups()
    if channel not in set(Channel):
        faults.append(Fault(path, 1, "UNKNOWN_CHANNEL", f"There is no channel '{channel}'.", "Use email or sms."))
        return None
    if channel == Channel.SMS:
        return _Text(path, 1, TemplateDraft(code=code, language=language, channel=Channel.SMS, body=text.rstrip()))
    subject = _SUBJECT.match(text)
    if subject is None:
        cause = "An e-mail begins with 'Subject: …' and an empty line."
        faults.append(Fault(path, 1, "NO_SUBJECT", cause, "Add both above the text."))
    draft = TemplateDraft(
        code=code,
        language=language,
        channel=Channel.EMAIL,
        subject=subject[1].rstrip() if subject else "-",
        body=text[subject.end() if subject else 0 :].rstrip() + "\n",
    )
    return _Text(path, 3 if subject else 1, draft)


def _located(fault: TemplateFault, texts: Sequence[_Text]) -> Fault:
    code, way_out = f"LETTER_{fault.part.upper()}", _WAYS_OUT[fault.part]
    line = _LINE.match(fault.message)
    message = _LINE.sub("", fault.message, count=1)
    message = message[:1].upper() + message[1:].rstrip(".") + "."
    if fault.position is None:
        return Fault(FOLDER, 1, code, message, way_out)
    text = texts[fault.position]
    first = text.body_line if fault.part == "body" else 1
    return Fault(text.path, first + int(line[1]) - 1 if line else first, code, message, way_out)
