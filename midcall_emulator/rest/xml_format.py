"""Answers in XML, which the 2010 API gives where the path has no suffix
(https://www.twilio.com/docs/usage/twilios-response)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

_PAGE = frozenset(
    {
        "page", "page_size", "start", "end", "uri", "first_page_uri", "next_page_uri", "previous_page_uri",
    }
)  # fmt: skip
_ERROR = frozenset({"code", "message", "more_info", "status"})


def render(body: Mapping[str, Any], path: str) -> bytes:
    """Return a JSON answer as the XML that says the same; ``path`` names the resource."""
    root = ElementTree.Element("TwilioResponse")
    listed = next((key for key in body if isinstance(body[key], list)), None)
    if listed and "page_size" in body:
        _list(root, listed, body)
    else:
        _add(root, "RestException" if set(body) == _ERROR else _singular(_collection(path)), body)
    return b"<?xml version='1.0' encoding='UTF-8'?>\n" + ElementTree.tostring(root, encoding="utf-8")


def _list(root: ElementTree.Element, key: str, body: Mapping[str, Any]) -> None:
    name = _camel(key)
    meta = {
        part.replace("_", ""): "" if body[part] is None else str(body[part]) for part in _PAGE & set(body)
    }
    element = ElementTree.SubElement(root, name, meta)
    for item in body[key]:
        _add(element, _singular(name), item)


def _add(parent: ElementTree.Element, name: str, value: Any) -> None:
    element = ElementTree.SubElement(parent, name)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _add(element, _camel(key), inner)
    elif isinstance(value, list):
        for inner in value:
            _add(element, _singular(name), inner)
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)


def _camel(key: str) -> str:
    return "".join(part.capitalize() for part in key.split("_"))


def _collection(path: str) -> str:
    """Return the last part of a path that names a kind of resource: those stand at every second place."""
    parts = path.strip("/").split("/")[3:]
    return parts[(len(parts) - 1) // 2 * 2] if parts else "Account"


def _singular(name: str) -> str:
    return name.removesuffix("s")
