"""Reading TwiML: from what an app answered, or what came over REST, to a document of verbs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree

from midcall_emulator.core.outcomes import Problem
from midcall_emulator.wire.delivery import Reply

_VERSION = re.compile(rb"\s*<\?xml[^>]*?\bversion\s*=\s*[\"']([^\"'>]*)[\"']")
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
    """A document to run; ``url`` is where it came from, None if it came over REST.

    ``unexpected_content`` describes what ``<Response>`` has besides verbs.
    """

    verbs: tuple[Verb, ...]
    text: str = ""
    url: str | None = None
    is_fallback: bool = False
    unexpected_content: tuple[str, ...] = ()


def read_document(reply: Reply, is_fallback: bool = False) -> Document | Problem:
    """Return the document in an app's answer, judged by its content type, or what is wrong with it."""
    kind = reply.content_type.lower()
    if refusal := reply.problem or _flaw(reply, kind):
        return refusal
    if kind.startswith("audio/"):
        return Document((Verb("Play", text=reply.url),), "", reply.url, is_fallback)
    found = parse_document(reply.body, reply.charset, reply.url, is_fallback)
    if isinstance(found, Problem) and kind == "text/plain":
        text = reply.text().strip()
        return Document((Verb("Say", text=text),), text, reply.url, is_fallback)
    return found


def is_document(reply: Reply) -> bool:
    """Say whether an app's answer is a document."""
    return isinstance(read_document(reply), Document)


def _flaw(reply: Reply, kind: str) -> Problem | None:
    if not reply.body and reply.headers.get("Transfer-Encoding", "").lower() == "chunked":
        return Problem(11770, "Empty response body: the answer is chunked, and there is no chunk", reply.url)
    if not kind:
        return Problem(11200, "the answer has no Content-Type", reply.url)
    if kind not in _TWIML_TYPES | {"text/plain"} and not kind.startswith("audio/"):
        return Problem(12300, f"Invalid Content-Type: {kind}", reply.url)
    return None


@lru_cache(128)
def parse_document(
    body: bytes, charset: str = "", url: str | None = None, is_fallback: bool = False
) -> Document | Problem:
    """Return the document, or 12100 if it is not XML, 12101 for another version of XML than 1.0, and 12102 if its
    root is not ``<Response>``."""
    if (version := _VERSION.match(body)) and version[1] != b"1.0":
        return Problem(12101, f"Invalid Twilio Markup XML version {_text(version[1], '')!r}", url or "")
    try:
        root = ElementTree.fromstring(body, _parser(body, charset))
        verbs = tuple(_verb(child) for child in root)
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as error:
        return Problem(12100, f"Document parse failure: {error}", url or "")
    if root.tag != "Response":
        return Problem(12102, f"Document root is <{root.tag}>, not <Response>", url or "")
    return Document(verbs, _text(body, charset), url, is_fallback, tuple(_strays(root)))


def _strays(root: ElementTree.Element) -> list[str]:
    """Return what the root carries beside verbs: attributes, unless they are about its schema, and text."""
    unexpected_content = [f"attribute {name!r}" for name in sorted(root.attrib) if not name.startswith("{")]
    words = [root.text, *(child.tail for child in root)]
    return unexpected_content + [f"text {word.strip()!r}" for word in words if word and word.strip()]


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
