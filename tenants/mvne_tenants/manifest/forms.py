"""Holds a TOML source against its form and says in words what does not fit."""

from difflib import get_close_matches
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.fields import Form
from mvne_tenants.manifest.source import Source
from mvne_tenants.manifest.toml_lines import KeyPath

FormType = TypeVar("FormType", bound=Form)

# pydantic's kinds of error in our words: code, message, way out. `{key}` is the dotted key, the rest pydantic's.
_WORDS = {
    "missing": ("MISSING", "'{key}' is missing.", "Add it."),
    "string_type": ("WRONG_TYPE", "'{key}' is not a text.", "Put it in quotes."),
    "int_type": ("WRONG_TYPE", "'{key}' is not a whole number.", "Write digits without quotes or decimals."),
    "bool_type": ("WRONG_TYPE", "'{key}' is neither true nor false.", "Write true or false without quotes."),
    "date_type": ("WRONG_TYPE", "'{key}' is not a date.", "Write it as 2026-10-01, without quotes."),
    "tuple_type": ("WRONG_TYPE", "'{key}' is not a list.", "Put square brackets around it."),
    "dict_type": ("WRONG_TYPE", "'{key}' is not a table of texts by language.", 'Write { en = "…" }.'),
    "model_type": ("WRONG_TYPE", "'{key}' is not a table.", "Give it keys and values of its own."),
    "enum": ("NOT_ONE_OF", "'{key}' has a value that is not known.", "Use one of {expected}."),
    "literal_error": ("NOT_ONE_OF", "'{key}' has a value that is not known.", "Use one of {expected}."),
    "string_too_short": ("TOO_SHORT", "'{key}' is empty.", "Write at least {min_length} characters."),
    "string_too_long": ("TOO_LONG", "'{key}' is too long.", "Write at most {max_length} characters."),
    "too_short": ("TOO_FEW", "'{key}' has too few entries.", "Name at least {min_length}."),
    "too_long": ("TOO_MANY", "'{key}' has too many entries.", "Name at most {max_length}."),
    "greater_than_equal": ("OUT_OF_RANGE", "'{key}' is too small.", "Use {ge} or more."),
    "less_than_equal": ("OUT_OF_RANGE", "'{key}' is too large.", "Use {le} or less."),
    "decimal_max_places": ("OUT_OF_RANGE", "'{key}' is too fine.", "Use at most {decimal_places} decimals."),
    "string_pattern_mismatch": ("PATTERN", "'{key}' has another form than {pattern}.", "Correct it."),
}


def fit(form: type[FormType], source: Source) -> FormType | list[Fault]:
    """The source as `form`, or every place where it does not fit."""
    try:
        return form.model_validate(source.values)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return [_fault(form, source, detail) for detail in details if not _follows(form, detail, details)]


def _follows(form: type[Form], detail: ErrorDetails, others: list[ErrorDetails]) -> bool:
    """Whether an error is only the consequence of another: one slip, one fault."""
    place = detail["loc"]
    if detail["type"] == "too_short":  # pydantic does not count the entries it refused
        return any(other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in others)
    if detail["type"] == "missing":  # it stands there, misspelt
        unknown = (other["loc"] for other in others if other["type"] == "extra_forbidden")
        return any(loc[:-1] == place[:-1] and _meant(form, loc) == place[-1] for loc in unknown)
    return False


def _fault(form: type[Form], source: Source, detail: ErrorDetails) -> Fault:
    # Keys of a mapping that are themselves refused stand before a marker of pydantic's.
    path: KeyPath = tuple(part for part in detail["loc"] if part != "[key]")
    key = _dotted(path)
    context: dict[str, Any] = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        return source.fault(path, "UNKNOWN_KEY", f"'{key}' is not a key of this table.", _suggestion(form, path))
    if "way_out" in context:
        return source.fault(path, detail["type"], f"'{key}': {context['cause']}", context["way_out"])
    words = _WORDS.get(detail["type"])
    if words is None:
        reason = detail["msg"].removeprefix("Value error, ").rstrip(".")
        return source.fault(path, "INVALID", f"'{key}': {reason}.", "Correct the value.")
    code, message, way_out = words
    return source.fault(path, code, message.format(key=key, **context), way_out.format(**context))


def _dotted(path: KeyPath) -> str:
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _suggestion(form: type[Form], path: KeyPath) -> str:
    meant = _meant(form, path)
    return f"Did you mean '{meant}'?" if meant else f"Remove it; known are: {', '.join(_keys(form, path))}."


def _meant(form: type[Form], path: KeyPath) -> str | None:
    return next(iter(get_close_matches(str(path[-1]), _keys(form, path), n=1)), None)


def _keys(form: type[Form], path: KeyPath) -> list[str]:
    return sorted(field.alias or name for name, field in _form_at(form, path[:-1]).model_fields.items())


def _form_at(form: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    """The form of the table at `path`; indices are passed over, as elements share one form."""
    for part in path:
        if isinstance(part, int):
            continue
        fields = {field.alias or name: field for name, field in form.model_fields.items()}
        form = _inner_form(fields[part].annotation) or form
    return form


def _inner_form(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, Union, UnionType):
        found = (_inner_form(argument) for argument in get_args(annotation))
        return next((form for form in found if form is not None), None)
    return None
