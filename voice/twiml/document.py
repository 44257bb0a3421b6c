"""TwiML as a tree of nodes with their positions: parsed from text, and serialized again.

Expat is used directly. It reports lines and columns, and it lets the parser refuse a DOCTYPE before Expat processes
it, so that no entity is ever declared, expanded or fetched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from voice.twiml.findings import Finding, TwimlRefused, shortened

MAX_LENGTH = 16_000
MAX_DEPTH = 20
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ENTITIES = "&amp; &lt; &gt; &quot; &apos; and numbers such as &#233;"
EXAMPLE = "<Response><Say>Hello</Say></Response>"
MESSAGES = {
    expat.errors.XML_ERROR_SYNTAX: f"This is not XML. Enter a document like {EXAMPLE}.",
    expat.errors.XML_ERROR_INVALID_TOKEN: "This is not valid XML. Write & as &amp; and < as &lt;.",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "The document ends in the middle of a tag.",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "An attribute appears twice.",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "Remove what follows the end of the document.",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: f"XML has no such entity. It has {ENTITIES}.",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "<?xml …?> is allowed only at the very beginning.",
}


@dataclass
class Text:
    """Characters between tags, one line at most, and the position of the first one that is not blank."""

    value: str
    line: int
    column: int


@dataclass
class Node:
    """An element with its position."""

    name: str
    attributes: dict[str, str]
    line: int
    column: int
    content: list["Node | Text"] = field(default_factory=list)

    @property
    def children(self) -> Iterator["Node"]:
        return (part for part in self.content if isinstance(part, Node))

    @property
    def text(self) -> str:
        """All characters directly inside, joined."""
        return "".join(part.value for part in self.content if isinstance(part, Text))


def parse(twiml: str) -> Node:
    """The root element, without comments and processing instructions.

    Raises TwimlRefused at the first position that is malformed, too deep or a DOCTYPE, and for a text of more than
    MAX_LENGTH characters, which is not parsed at all.
    """
    if len(twiml) > MAX_LENGTH:
        refuse(1, 1, f"Shorten the document from {len(twiml):,} to {MAX_LENGTH:,} characters.")
    if bad := NOT_XML.search(twiml):
        line = twiml.count("\n", 0, bad.start()) + 1
        column = bad.start() - twiml.rfind("\n", 0, bad.start())
        refuse(line, column, f"Remove the character U+{ord(bad.group()):04X}: XML does not allow it.")
    return _Reader().read(twiml)


def serialize(node: Node) -> str:
    """The element as the shortest TwiML with the same meaning: no declaration, comment or superfluous character."""
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    inside = "".join(
        serialize(part) if isinstance(part, Node) else escape(part.value, {"\r": "&#13;"})
        for part in node.content
    )
    return f"<{node.name}{attributes}>{inside}</{node.name}>" if inside else f"<{node.name}{attributes}/>"


def refuse(line: int, column: int, message: str) -> NoReturn:
    """Raise TwimlRefused with one finding."""
    raise TwimlRefused([Finding(line, column, message)])


class _Reader:
    """A run of Expat over one document."""

    def __init__(self) -> None:
        self._roots: list[Node] = []
        self._open: list[Node] = []
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def read(self, text: str) -> Node:
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as error:
            refuse(error.lineno, error.offset + 1, self._message(error.code))
        return self._roots[0]

    def _here(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1

    def _doctype(self, *declaration: object) -> None:
        refuse(*self._here(), "Remove the DOCTYPE: TwiML has none, and it could declare entities.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            refuse(*self._here(), f"Elements are nested more than {MAX_DEPTH} deep.")
        node = Node(name, attributes, *self._here())
        siblings = self._open[-1].content if self._open else self._roots
        siblings.append(node)
        self._open.append(node)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _characters(self, value: str) -> None:
        line, column = self._here()
        self._open[-1].content.append(Text(value, line, column + len(value) - len(value.lstrip())))

    def _message(self, code: int) -> str:
        reason = expat.ErrorString(code) or "this is not XML"
        innermost = f"<{shortened(self._open[-1].name)}>" if self._open else ""
        if reason == expat.errors.XML_ERROR_NO_ELEMENTS:
            return (
                f"The document ends before {innermost} is closed." if innermost else "The document is empty."
            )
        if reason == expat.errors.XML_ERROR_TAG_MISMATCH:
            return f"This tag does not close {innermost}, the element that is open."
        return MESSAGES.get(reason, f"{reason.capitalize()}.")
