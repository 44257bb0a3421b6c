"""A change of the URLs in a document that the checker has passed."""

from __future__ import annotations

from collections.abc import Callable

from voice.twiml.checker import MAX_SENT_LENGTH
from voice.twiml.document import Node, Text, parse, serialize
from voice.twiml.urls import attributes_with_urls, schemes_of_text
from voice.twiml.vocabulary import RESPONSE, Element


def rewrite_urls(twiml: str, change: Callable[[str], str]) -> str:
    """The document with every URL changed; the document as it was if it became too long for Twilio."""
    root = parse(twiml)
    _rewrite(root, RESPONSE, change)
    rewritten = serialize(root)
    return rewritten if len(rewritten) <= MAX_SENT_LENGTH else twiml


def _rewrite(node: Node, element: Element, change: Callable[[str], str]) -> None:
    for name in set(attributes_with_urls(element)) & node.attributes.keys():
        node.attributes[name] = change(node.attributes[name])
    if schemes_of_text(element) and node.text:
        node.content = [Text(change(node.text), node.line, node.column), *node.children]
    for child in node.children:
        _rewrite(child, element.children[child.name], change)
