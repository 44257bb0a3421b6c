"""Reads TwiML into a small tree that knows its positions, and writes such a tree as TwiML.

Expat is used directly: it tells line and column, and lets a DOCTYPE be refused before any of it is obeyed,
so that no entity is ever declared, expanded or fetched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from voice.twiml.findings import Finding, TwimlRefused, shortened

LONGEST_READ = 16_000
DEEPEST = 20
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ENTITIES = "&amp; &lt; &gt; &quot; &apos; and numbers such as &#233;"
EXAMPLE = "<Response><Say>Hello</Say></Response>"
WORDS = {
    expat.errors.XML_ERROR_SYNTAX: f"this is not XML; a document looks like {EXAMPLE}",
    expat.errors.XML_ERROR_INVALID_TOKEN: "this cannot be read as XML; write & as &amp; and < as &lt;",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "the document ends in the middle of a tag",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "an attribute stands here twice",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "nothing can follow the end of the document",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: f"XML knows no such entity; it knows {ENTITIES}",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "<?xml …?> can only stand at the very beginning",
}


@dataclass
class Text:
    """Some characters between tags, at most a line, and the position of the first that is not blank."""

    value: str
    line: int
    column: int


@dataclass
class Node:
    """An element as it was read."""

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
    """The root element. Comments and processing instructions are left out.

    Raises TwimlRefused at the first place that cannot be read: one that is malformed, too deep, or a DOCTYPE.
    A text of more than LONGEST_READ characters is not read at all.
    """
    if len(twiml) > LONGEST_READ:
        refuse(1, 1, f"the document has {len(twiml):,} characters; no more than {LONGEST_READ:,} are read")
    if bad := NOT_XML.search(twiml):
        line = twiml.count("\n", 0, bad.start()) + 1
        column = bad.start() - twiml.rfind("\n", 0, bad.start())
        refuse(line, column, f"the character U+{ord(bad.group()):04X} cannot stand in XML")
    return _Reader().read(twiml)


def serialise(node: Node) -> str:
    """The element as TwiML that reads back the same: no declaration, no comment, no needless character."""
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    inside = "".join(
        serialise(part) if isinstance(part, Node) else escape(part.value, {"\r": "&#13;"})
        for part in node.content
    )
    return f"<{node.name}{attributes}>{inside}</{node.name}>" if inside else f"<{node.name}{attributes}/>"


def refuse(line: int, column: int, message: str) -> NoReturn:
    """Raise TwimlRefused with one finding."""
    raise TwimlRefused([Finding(line, column, message)])


class _Reader:
    """One run of expat over one document."""

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
            refuse(error.lineno, error.offset + 1, self._in_words(error.code))
        return self._roots[0]

    def _here(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1

    def _doctype(self, *declaration: object) -> None:
        refuse(*self._here(), "a DOCTYPE is not allowed: TwiML has none, and it could declare entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            refuse(*self._here(), f"elements are nested more than {DEEPEST} deep")
        node = Node(name, attributes, *self._here())
        siblings = self._open[-1].content if self._open else self._roots
        siblings.append(node)
        self._open.append(node)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _characters(self, value: str) -> None:
        line, column = self._here()
        self._open[-1].content.append(Text(value, line, column + len(value) - len(value.lstrip())))

    def _in_words(self, code: int) -> str:
        reason = expat.ErrorString(code) or "this is not XML"
        innermost = f"<{shortened(self._open[-1].name)}>" if self._open else ""
        if reason == expat.errors.XML_ERROR_NO_ELEMENTS:
            return f"the document ends before {innermost} is closed" if innermost else "the document is empty"
        if reason == expat.errors.XML_ERROR_TAG_MISMATCH:
            return f"this closes another element than {innermost}, which is the one that is open"
        return WORDS.get(reason, reason)
