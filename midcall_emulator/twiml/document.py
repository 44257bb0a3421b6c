"""TwiML documents: parsed from the response of an app, or from TwiML that came over REST."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree

from midcall_emulator.core.outcomes import Problem
from midcall_emulator.wire.reply import Reply

_VERSION = re.compile(rb"\s*<\?xml[^>]*?\bversion\s*=\s*[\"']([^\"'>]*)[\"']")
_TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


@dataclass(frozen=True, slots=True)
class Verb:
    """An element of a document: a verb, or a noun inside a verb. ``text`` is its text without SSML elements."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Verb, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute's value."""
        return self.attributes.get(name, default)

    def is_true(self, name: str, default: bool = False) -> bool:
        """Return whether an attribute is ``true``."""
        return self.get(name, str(default)).strip().lower() == "true"


@dataclass(frozen=True, slots=True)
class Document:
    """A document; ``url`` is where it came from, None if it came over REST.

    ``unexpected_content`` describes what ``<Response>`` has besides verbs.
    """

    verbs: tuple[Verb, ...]
    text: str = ""
    url: str | None = None
    is_fallback: bool = False
    unexpected_content: tuple[str, ...] = ()


def read_document(reply: Reply, is_fallback: bool = False) -> Document | Problem:
    """Return the document in the response of an app, according to its content type, or the problem with it."""
    kind = reply.content_type.lower()
    if problem := reply.problem or _problem(reply, kind):
        return problem
    if kind.startswith("audio/"):
        return Document((Verb("Play", text=reply.url),), "", reply.url, is_fallback)
    document = parse_document(reply.body, reply.charset, reply.url, is_fallback)
    if isinstance(document, Problem) and kind == "text/plain":
        text = reply.text().strip()
        return Document((Verb("Say", text=text),), text, reply.url, is_fallback)
    return document


def is_document(reply: Reply) -> bool:
    """Return whether the response of an app is a document."""
    return isinstance(read_document(reply), Document)


def _problem(reply: Reply, kind: str) -> Problem | None:
    if not reply.body and reply.headers.get("Transfer-Encoding", "").lower() == "chunked":
        return Problem(11770, "Empty response body: the response is chunked and has no chunk", reply.url)
    if not kind:
        return Problem(11200, "The response has no Content-Type", reply.url)
    if kind not in _TWIML_TYPES | {"text/plain"} and not kind.startswith("audio/"):
        return Problem(12300, f"Invalid Content-Type: {kind}", reply.url)
    return None


@lru_cache(128)
def parse_document(
    body: bytes, charset: str = "", url: str | None = None, is_fallback: bool = False
) -> Document | Problem:
    """Return the document, or a problem: 12100 for text that is not XML, 12101 for a version of XML other than 1.0,
    12102 for a root other than ``<Response>``."""
    if (version := _VERSION.match(body)) and version[1] != b"1.0":
        return Problem(12101, f"Invalid Twilio Markup XML version {_text(version[1], '')!r}", url or "")
    try:
        root = ElementTree.fromstring(body, _parser(body, charset))
        verbs = tuple(_verb(child) for child in root)
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as error:
        return Problem(12100, f"Document parse failure: {error}", url or "")
    if root.tag != "Response":
        return Problem(12102, f"Document root is <{root.tag}>, not <Response>", url or "")
    return Document(verbs, _text(body, charset), url, is_fallback, tuple(_unexpected_content(root)))


def _unexpected_content(root: ElementTree.Element) -> list[str]:
    """Describe the text and the attributes of the root, except attributes of the XML Schema namespace."""
    attributes = [f"attribute {name!r}" for name in sorted(root.attrib) if not name.startswith("{")]
    texts = [root.text, *(child.tail for child in root)]
    return attributes + [f"text {text.strip()!r}" for text in texts if text and text.strip()]


def _text(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset or "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _parser(body: bytes, charset: str) -> ElementTree.XMLParser:
    if b"<!DOCTYPE" in body:
        raise ValueError("a document type declaration is not allowed")
    declared = body.lstrip().startswith(b"<?xml")
    return ElementTree.XMLParser(encoding=charset if charset and not declared else None)


def _verb(element: ElementTree.Element) -> Verb:
    children = tuple(_verb(child) for child in element)
    text = " ".join("".join(element.itertext()).split())
    return Verb(element.tag, dict(element.attrib), text, children)
