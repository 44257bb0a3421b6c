"""Reading TwiML: from what an app answered, or what came over REST, to a document of verbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree

from emulator.delivery import Reply
from emulator.outcomes import Problem

_TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


@dataclass(frozen=True, slots=True)
class Verb:
    """An element of a document: a verb, or a noun inside one. ``text`` is what it says, SSML marks left out."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Verb, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute's value."""
        return self.attributes.get(name, default)

    def is_true(self, name: str, default: bool = False) -> bool:
        """Return a boolean attribute's value."""
        return self.get(name, str(default)).strip().lower() == "true"


@dataclass(frozen=True, slots=True)
class Document:
    """A document to run; ``url`` is where it came from, None if it came over REST."""

    verbs: tuple[Verb, ...]
    text: str = ""
    url: str | None = None
    is_fallback: bool = False


def read(reply: Reply, is_fallback: bool = False) -> Document | Problem:
    """Return the document in an app's answer, judged by its content type, or what is wrong with it."""
    if reply.problem:
        return reply.problem
    kind = reply.content_type.lower()
    if not kind:
        return Problem(11200, "the answer has no Content-Type", reply.url)
    if kind.startswith("audio/"):
        return Document((Verb("Play", text=reply.url),), "", reply.url, is_fallback)
    if kind != "text/plain" and kind not in _TWIML_TYPES:
        return Problem(12300, f"Invalid Content-Type: {kind}", reply.url)
    found = parse(reply.body, reply.charset, reply.url, is_fallback)
    if isinstance(found, Problem) and kind == "text/plain":
        text = reply.text().strip()
        return Document((Verb("Say", text=text),), text, reply.url, is_fallback)
    return found


def parse(
    body: bytes, charset: str = "", url: str | None = None, is_fallback: bool = False
) -> Document | Problem:
    """Return the document, or 12100 if it is not XML and 12102 if its root is not ``<Response>``."""
    try:
        root = ElementTree.fromstring(body, _parser(body, charset))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        return Problem(12100, f"Document parse failure: {error}", url or "")
    if root.tag != "Response":
        return Problem(12102, f"Document root is <{root.tag}>, not <Response>", url or "")
    return Document(tuple(_verb(child) for child in root), _text(body, charset), url, is_fallback)


def _text(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset or "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _parser(body: bytes, charset: str) -> ElementTree.XMLParser:
    if b"<!DOCTYPE" in body:
        raise ValueError("a document type is not allowed")
    declared = body.lstrip().startswith(b"<?xml")
    return ElementTree.XMLParser(encoding=charset if charset and not declared else None)


def _verb(element: ElementTree.Element) -> Verb:
    children = tuple(_verb(child) for child in element)
    text = " ".join("".join(element.itertext()).split())
    return Verb(element.tag, dict(element.attrib), text, children)
