"""Twilio's published description of its API, fetched from npm, made strict: all fields, no others, every format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from jsonschema_rs import Draft202012Validator

from tests.support.npm import npm_file

PACKAGE = "@twilio/cli-core@9.0.0"
MEMBER = "package/src/services/twilio-api/twilio_api_v2010.json"
PREFIX = "/2010-04-01/Accounts/{AccountSid}"
METHODS = ("get", "post", "delete")

_NULL: dict[str, Any] = {"type": "null"}
_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "integer"}


def _either(*schemas: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": list(schemas)}


def _object(**fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": sorted(fields),
        "additionalProperties": False,
    }


# Where the description is silent or known to be wrong, beyond what its own examples show: (kind, field), and what
# counts in its place.
_STARTED_BY_TWIML = {"const": "StartCallRecordingTwiML"}
EXCEPTIONS: dict[tuple[str, str], dict[str, Any]] = {
    # <Start><Recording> reports this source, which is in no list of the description
    ("call.call_recording", "source"): _STARTED_BY_TWIML,
    ("recording", "source"): _STARTED_BY_TWIML,
}
SILENT: dict[tuple[str, str], dict[str, Any]] = {
    # no type at all in the schema: these are the fields of its examples; a webhook that failed has no answer to show
    ("call.call_event", "request"): _object(
        method={"enum": ["GET", "POST"]},
        url=_TEXT | {"format": "uri"},
        parameters={"type": "object", "additionalProperties": _TEXT},
    ),
    ("call.call_event", "response"): _object(
        response_code=_either(_NUMBER, _NULL),
        request_duration=_NUMBER,
        content_type=_either(_TEXT, _NULL),
        response_body=_either(_TEXT, _NULL),
        date_created=_TEXT | {"format": "date-time-rfc-2822"},
    ),
    # no type either; nothing is encrypted here
    ("recording", "encryption_details"): _NULL,
    ("call.call_recording", "encryption_details"): _NULL,
    ("conference.conference_recording", "encryption_details"): _NULL,
    # plain strings in the schema, with a fixed set of values in its text
    ("call", "direction"): {
        "enum": ["inbound", "outbound-api", "outbound-dial", "trunking-terminating", "trunking-originating"]
    },
    ("call.call_notification", "log"): {"enum": ["0", "1"]},
    ("call.call_notification-instance", "log"): {"enum": ["0", "1"]},
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, and how it was answered."""

    method: str
    path: str
    status: int
    content_type: str
    body: Any


class Description:
    """The description: which operations there are, and what is wrong with an answer."""

    def __init__(self) -> None:
        document = json.loads(npm_file(PACKAGE, MEMBER).read_text())
        self._schemas = document["components"]["schemas"]
        self.operations = {
            (method.upper(), path): item[method]
            for path, item in document["paths"].items()
            for method in METHODS
            if method in item
        }
        self._shapes = {bare(method, path) for method, path in self.operations}
        self._shown, self._addresses = _shown_in_examples(self.operations)

    def has(self, method: str, path: str) -> bool:
        """Say whether there is such an operation, whatever its placeholders are called."""
        return bare(method, path) in self._shapes

    def complaints(self, exchange: Exchange) -> list[str]:
        """Return what is wrong with an answer, nothing if all is well."""
        if exchange.status >= 400:
            return _told(_error(exchange), exchange.body) + _wrong_type(exchange)
        method, path = self._operation(exchange)
        responses = self.operations[method, path]["responses"]
        if str(exchange.status) not in responses:
            return [f"{exchange.status} is not documented: {sorted(responses)}"]
        content = responses[str(exchange.status)].get("content")
        if content is None:
            return [] if exchange.body is None else ["a body where none is documented"]
        answered = content["application/json"]
        complaints = _told(self.strict(answered["schema"]), exchange.body) + _wrong_type(exchange)
        kind, records = _kind_of(answered["schema"]), _records(exchange.body)
        complaints += _misshapen(records, self._addresses.get(kind, set()))
        return complaints + [found for record in records for found in self._empty_otherwise(kind, record)]

    def _empty_otherwise(self, kind: str, record: dict[str, Any]) -> Iterator[str]:
        """Compare with the examples what stands where there is nothing: null or ""."""
        for field, value in record.items():
            usual = self._shown.get((kind, field), [])
            if value in ("", None) and usual and value not in usual:
                yield f"{field}: {value!r}, where the examples have {usual[0]!r}"

    def strict(self, schema: dict[str, Any], kind: str = "", field: str = "") -> dict[str, Any]:
        """Return a JSON schema that takes no more and no less than what is described."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            is_part = "properties" not in self._schemas[name]
            return self.strict(self._schemas[name], *((kind, field) if is_part else (_kind(name), "")))
        if (kind, field) in SILENT:
            made = SILENT[kind, field]
        elif schema.get("format") == "uri-map":
            made = {"type": "object", "additionalProperties": _TEXT | {"format": "uri"}}
        elif schema.get("format") == "phone-number-capabilities":
            made = _object(**{name: {"type": "boolean"} for name in ("voice", "sms", "mms", "fax")})
        elif "properties" in schema:
            made = _object(
                **{name: self.strict(inner, kind, name) for name, inner in schema["properties"].items()}
            )
        elif "items" in schema:
            made = {"type": "array", "items": self.strict(schema["items"])}
        else:
            made = {
                key: schema[key]
                for key in ("type", "format", "enum", "pattern", "minLength", "maxLength")
                if key in schema
            }
        others = [_NULL] if schema.get("nullable") else []
        others += [{"const": value} for value in self._shown.get((kind, field), ())]
        others += [EXCEPTIONS[kind, field]] if (kind, field) in EXCEPTIONS else []
        return _either(made, *others) if others else made

    def _operation(self, exchange: Exchange) -> tuple[str, str]:
        """Return the documented operation that a request was for."""
        for method, path in self.operations:
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
            if method == exchange.method and re.fullmatch(pattern, exchange.path):
                return method, path
        raise AssertionError(f"{exchange.method} {exchange.path} is not documented")


def bare(method: str, path: str) -> tuple[str, str]:
    """Return an operation without the names of its placeholders; ``Twilio.CURRENT`` stands where a sid does."""
    return method, re.sub(r"\{\w+\}", "{}", path.replace("Twilio.CURRENT", "{}"))


_Shown = dict[tuple[str, str], list[Any]]
_Addresses = dict[str, set[tuple[str, str]]]

# -- what the examples add -----------------------------------------------------------------------------------------


def _shown_in_examples(operations: dict[tuple[str, str], Any]) -> tuple[_Shown, _Addresses]:
    """Return where an example has "" or null, which counts whatever the schema says; and addresses of each kind."""
    shown: _Shown = {}
    addresses: _Addresses = {}
    for operation in operations.values():
        for response in operation["responses"].values():
            for answered in response.get("content", {}).values():
                kind = _kind_of(answered["schema"])
                for record in _examples(answered):
                    addresses.setdefault(kind, set()).update(_addresses(record))
                    for field, value in record.items():
                        if value in ("", None) and value not in shown.setdefault((kind, field), []):
                            shown[kind, field].append(value)
    return shown, addresses


def _examples(answered: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        record
        for example in answered.get("examples", {}).values()
        for record in _records(example.get("value"))
    ]


def _records(body: Any) -> list[dict[str, Any]]:
    """Return the records of a page, or the one that is the body."""
    if not isinstance(body, dict):
        return []
    lists = [value for value in body.values() if isinstance(value, list)] if "page_size" in body else []
    return [record for record in (lists[0] if lists else [body]) if isinstance(record, dict)]


def _kind_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _kind(schema["$ref"].rpartition("/")[2])
    items = [inner["items"] for inner in schema.get("properties", {}).values() if "items" in inner]
    return _kind_of(items[0]) if items else ""


def _kind(name: str) -> str:
    return name.removeprefix("api.v2010.account.")


def _misshapen(records: list[dict[str, Any]], known: set[tuple[str, str]]) -> list[str]:
    """Compare addresses with those of the examples: the same path but for the sids, the same subresources."""
    return [
        f"{name}: {address} is nothing like {sorted(known)}"
        for record in records
        for name, address in _addresses(record)
        if (name, address) not in known
    ] + [
        f"subresource_uris lacks {name}"
        for record in records
        for name in {name for name, _ in known if "." in name} - {name for name, _ in _addresses(record)}
    ]


def _addresses(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    given = record.get("subresource_uris")
    parts = given if isinstance(given, dict) else {}
    every = {"uri": record.get("uri")} | {f"subresource_uris.{name}": uri for name, uri in parts.items()}
    for name, address in every.items():
        if isinstance(address, str):
            yield name, re.sub(r"\b([A-Z]{2})[0-9a-f]{32}\b", r"\1", address)


# -- checking ------------------------------------------------------------------------------------------------------


def _error(exchange: Exchange) -> dict[str, Any]:
    """Return the schema of an error's body: the description has one, under 408, for all."""
    code = exchange.body.get("code") if isinstance(exchange.body, dict) else None
    return _object(
        code={"type": "integer", "minimum": 10000, "maximum": 99999},
        message=_TEXT | {"minLength": 1},
        more_info={"const": f"https://www.twilio.com/docs/errors/{code}"},
        status={"const": exchange.status},
    )


def _told(schema: dict[str, Any], body: Any) -> list[str]:
    validator = Draft202012Validator(schema, formats=FORMATS, validate_formats=True)
    return [
        f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(body)
    ]


def _wrong_type(exchange: Exchange) -> list[str]:
    expected = "application/json"
    return (
        [] if exchange.content_type.split(";")[0] == expected else [f"Content-Type {exchange.content_type}"]
    )


def _is_date(text: str) -> bool:
    """RFC 2822 as Twilio writes it: two digits, in UTC, with the right day of the week."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return False
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000") == text


def _is_uri(text: str) -> bool:
    """An absolute address, or one from the host's root as in the description's examples."""
    parts = urlsplit(text)
    is_absolute = parts.scheme in ("http", "https") and bool(parts.netloc)
    return (is_absolute or text.startswith("/2010-04-01/")) and not re.search(r"\s", text)


FORMATS = {
    "date-time-rfc-2822": _is_date,
    "uri": _is_uri,
    "http-method": lambda text: text in ("GET", "POST"),
    "phone-number": lambda text: re.fullmatch(r"\+[1-9]\d{1,14}", text) is not None,
    "currency": lambda text: re.fullmatch(r"[A-Z]{3}", text) is not None,
}
