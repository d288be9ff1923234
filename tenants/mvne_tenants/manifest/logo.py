"""Whether a logo is a harmless drawing: no script, nothing fetched from elsewhere, bounded in size."""

import re
from xml.parsers import expat

from mvne_tenants.manifest.faults import Fault

MAX_LOGO_BYTES = 16_384
MAX_ELEMENTS = 400
SVG = "http://www.w3.org/2000/svg"

# No <use>: a few of them inside each other draw a million shapes.
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan")
_STRUCTURE = ("svg", "g", "title", "desc", "defs", "clipPath", "mask")
_PAINT = ("linearGradient", "radialGradient", "stop")
_ELEMENTS = frozenset(_SHAPES + _STRUCTURE + _PAINT)
# Refused before parsing: entities could make a small file a huge one.
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LOCAL_URL = re.compile(r"url\(\s*['\"]?#[A-Za-z0-9_-]+['\"]?\s*\)")
_ACTIVE = re.compile(r"url\(|javascript:|data:|@import|expression\(|https?:|//|\\\\", re.IGNORECASE)


def logo_faults(file: str, text: str) -> list[Fault]:
    """Everything that keeps an SVG from being shown inside the brand's pages."""
    size = len(text.encode())
    if size > MAX_LOGO_BYTES:
        cause = f"The logo has {size:,} bytes, and {MAX_LOGO_BYTES:,} are allowed."
        return [Fault(file, 1, "LOGO_TOO_LARGE", cause, "Simplify the drawing.")]
    declaration = _DECLARATION.search(text)
    if declaration:
        line = text.count("\n", 0, declaration.start()) + 1
        return [Fault(file, line, "LOGO_DOCTYPE", "The logo declares a document type.", "Remove it; SVG needs none.")]
    check = _Check(file)
    try:
        check.parser.Parse(text, True)  # noqa: FBT003  # the C function has no keywords
    except expat.ExpatError as error:
        check.refuse("LOGO_SYNTAX", f"The logo is not XML: {expat.ErrorString(error.code)}.", "Export it again as SVG.")
    return check.faults


class _Check:
    """Collects faults while expat walks the document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.elements = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._element
        self.parser.ProcessingInstructionHandler = self._instruction

    def refuse(self, code: str, message: str, way_out: str) -> None:
        self.faults.append(Fault(self.file, self.parser.CurrentLineNumber, code, message, way_out))

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self.elements += 1
        if self.elements == 1:
            self._root(namespace, local, attributes)
        if self.elements == MAX_ELEMENTS + 1:
            self.refuse("LOGO_TOO_LARGE", f"The logo has more than {MAX_ELEMENTS} elements.", "Simplify the drawing.")
        if namespace != SVG or local not in _ELEMENTS:
            self.refuse("LOGO_ELEMENT", f"The element <{local}> is not allowed in a logo.", "Draw with shapes only.")
        for attribute, value in attributes.items():
            self._attribute(attribute.rpartition(" ")[2], value)

    def _root(self, namespace: str, local: str, attributes: dict[str, str]) -> None:
        if (namespace, local) != (SVG, "svg"):
            self.refuse("LOGO_NOT_SVG", "The outermost element is not <svg>.", f'Use <svg xmlns="{SVG}">.')
        elif "viewBox" not in attributes:
            self.refuse("LOGO_NO_VIEW_BOX", "The logo has no viewBox, so it cannot be scaled.", "Add viewBox to <svg>.")

    def _attribute(self, name: str, value: str) -> None:
        if name.lower().startswith("on"):
            self.refuse("LOGO_SCRIPT", f"The attribute '{name}' runs a script.", "Remove it.")
        elif name == "href" and not value.startswith("#"):
            self.refuse("LOGO_EXTERNAL", "The logo refers to something outside of itself.", "Refer to a part by '#id'.")
        elif _ACTIVE.search(_LOCAL_URL.sub("", value)):
            self.refuse("LOGO_EXTERNAL", f"The attribute '{name}' refers outside of the logo.", "Remove the reference.")

    def _instruction(self, target: str, _: str) -> None:
        self.refuse("LOGO_INSTRUCTION", f"The logo has a processing instruction <?{target} …>.", "Remove it.")
