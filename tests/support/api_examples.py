"""What the examples in Twilio's API description add to its schemas: empty values, and the form of addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

EmptyValues = dict[tuple[str, str], list[Any]]
Addresses = dict[str, set[tuple[str, str]]]


def values_in_examples(operations: dict[tuple[str, str], Any]) -> tuple[EmptyValues, Addresses]:
    """Return by (kind, field) whether the examples have "" or null, and by kind the addresses in the examples.

    An empty value in an example is valid whatever the schema says.
    """
    empty: EmptyValues = {}
    addresses: Addresses = {}
    for kind, record in _examples(operations):
        addresses.setdefault(kind, set()).update(_addresses_in(record))
        for field, value in record.items():
            if value in ("", None) and value not in empty.setdefault((kind, field), []):
                empty[kind, field].append(value)
    return empty, addresses


def _examples(operations: dict[tuple[str, str], Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in operations.values():
        for response in operation["responses"].values():
            for content in response.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    for record in records_in(example.get("value")):
                        yield kind_of(content["schema"]), record


def records_in(body: Any) -> list[dict[str, Any]]:
    """Return the records of a page, or the only record of another body."""
    if not isinstance(body, dict):
        return []
    lists = [value for value in body.values() if isinstance(value, list)] if "page_size" in body else []
    return [record for record in (lists[0] if lists else [body]) if isinstance(record, dict)]


def kind_of(schema: dict[str, Any]) -> str:
    """Return the kind of the records that a schema describes, "" if it has none."""
    if "$ref" in schema:
        return kind_in(schema["$ref"].rpartition("/")[2])
    items = [inner["items"] for inner in schema.get("properties", {}).values() if "items" in inner]
    return kind_of(items[0]) if items else ""


def kind_in(name: str) -> str:
    """Return the kind of record in the name of a schema."""
    return name.removeprefix("api.v2010.account.")


def address_problems(records: list[dict[str, Any]], known: set[tuple[str, str]]) -> list[str]:
    """Compare addresses with those of the examples: the same paths except for sids, and the same subresources."""
    problems = []
    for record in records:
        addresses = set(_addresses_in(record))
        problems += [f"{name}: {address} differs from {sorted(known)}" for name, address in addresses - known]
        missing = {name for name, _ in known if "." in name} - {name for name, _ in addresses}
        problems += [f"subresource_uris lacks {name}" for name in missing]
    return problems


def _addresses_in(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    subresources = record.get("subresource_uris")
    parts = subresources if isinstance(subresources, dict) else {}
    every = {"uri": record.get("uri")} | {f"subresource_uris.{name}": uri for name, uri in parts.items()}
    for name, address in every.items():
        if isinstance(address, str):
            yield name, re.sub(r"\b([A-Z]{2})[0-9a-f]{32}\b", r"\1", address)
