"""XML responses, for paths without a suffix (https://www.twilio.com/docs/usage/twilios-response)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

_PAGE_FIELDS = frozenset(
    {
        "page", "page_size", "start", "end", "uri", "first_page_uri", "next_page_uri", "previous_page_uri",
    }
)  # fmt: skip
_ERROR_FIELDS = frozenset({"code", "message", "more_info", "status"})


def render(body: Mapping[str, Any], path: str) -> bytes:
    """Return a JSON body as the equivalent XML; ``path`` names the resource."""
    root = ElementTree.Element("TwilioResponse")
    listed = next((key for key in body if isinstance(body[key], list)), None)
    if listed and "page_size" in body:
        _add_page(root, listed, body)
    else:
        name = "RestException" if set(body) == _ERROR_FIELDS else _singular(_collection(path))
        _add(root, name, body)
    text: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b"<?xml version='1.0' encoding='UTF-8'?>\n" + text


def _add_page(root: ElementTree.Element, key: str, body: Mapping[str, Any]) -> None:
    name, fields = _camel_case(key), _PAGE_FIELDS & set(body)
    attributes = {field.replace("_", ""): "" if body[field] is None else str(body[field]) for field in fields}
    element = ElementTree.SubElement(root, name, attributes)
    for item in body[key]:
        _add(element, _singular(name), item)


def _add(parent: ElementTree.Element, name: str, value: Any) -> None:
    element = ElementTree.SubElement(parent, name)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _add(element, _camel_case(key), inner)
    elif isinstance(value, list):
        for inner in value:
            _add(element, _singular(name), inner)
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)


def _camel_case(key: str) -> str:
    return "".join(part.capitalize() for part in key.split("_"))


def _collection(path: str) -> str:
    """Return the last part of a path that names a collection. Below the account, every second part does."""
    parts = path.strip("/").split("/")[3:]
    return parts[(len(parts) - 1) // 2 * 2] if parts else "Account"


def _singular(name: str) -> str:
    return name.removesuffix("s")
