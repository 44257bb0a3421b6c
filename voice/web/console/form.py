"""Forms made from the schemas of the catalogues, and what was filled in, as the arguments of a command.

Whatever a browser sends is text; here it becomes what the schema asks for. Nothing is judged: the models do that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from voice.catalogue import Catalogue
from voice.scenes import Scene

Schema = Mapping[str, Any]
LONG_TEXT = 500  # characters; what may be longer gets several lines
_LIMITS = {
    "minLength": "minlength", "maxLength": "maxlength", "minimum": "min", "maximum": "max",
}  # fmt: skip


@dataclass
class Field:
    """One field: `kind` is text, number, lines, area, code, json, check, choice or scene; its name is the argument's.

    A parameter of a scene is named `params.<name>`.
    """

    name: str
    kind: str
    label: str
    help: str = ""
    value: Any = ""
    required: bool = False
    options: list[tuple[str, str]] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    error: str = ""


class Form:
    """The form of one schema; with the catalogue of scenes where it has a `scene` with its `params`."""

    def __init__(self, schema: Schema, scenes: Catalogue[Scene] | None = None):
        self._schema, self._scenes = schema, scenes or Catalogue([])

    def fields(
        self, values: Mapping[str, Any] | None = None, errors: Iterable[Mapping[str, str]] = ()
    ) -> list[Field]:
        """The fields, with what was filled in so far and what was wrong with it."""
        values = values or {}
        shown = list(self._fields(self._schema, values, ""))
        for one in shown:
            one.error = next((e["message"] for e in errors if _belongs(e["field"], one.name)), "")
        return shown

    def read(self, given: MultiDict[str, str]) -> dict[str, Any]:
        """The arguments that were filled in. What was left blank is left out, so that the default counts."""
        return self._read(self._schema, given, "")

    def _fields(self, schema: Schema, values: Mapping[str, Any], prefix: str) -> Iterable[Field]:
        required = schema.get("required", ())
        for name, raw in schema.get("properties", {}).items():
            kind, one = self._kind(name, raw, schema, prefix)
            if kind == "params":
                yield from self._params(values)
                continue
            value = values.get(name, one.get("default"))
            yield Field(
                prefix + name, kind, one.get("title") or name, one.get("description", ""), _text(kind, value),
                name in required, self._options(kind, one, name in required), _attributes(one),
            )  # fmt: skip

    def _params(self, values: Mapping[str, Any]) -> Iterable[Field]:
        scene = self._scenes.get(values.get("scene") or "")
        if scene:
            given = values.get("params") or {}
            yield from self._fields(scene.params.model_json_schema(), given, "params.")

    def _kind(self, name: str, raw: Schema, schema: Schema, prefix: str) -> tuple[str, Schema]:
        one = resolved(raw, schema.get("$defs") or self._schema.get("$defs", {}))
        if not prefix and name == "params" and "scene" in schema["properties"]:
            return "params", one
        if one.get("format") == "scene" or (not prefix and name == "scene"):
            return "scene", one
        return _kind_of(one, name), one

    def _options(self, kind: str, one: Schema, required: bool) -> list[tuple[str, str]]:
        blank = [] if required or one.get("default") is not None else [("", "-")]
        if kind == "scene":
            return blank + [(scene.name, scene.title) for scene in self._scenes.values()]
        if kind == "choice":
            return blank + [(str(word), str(word)) for word in one["enum"]]
        return []

    def _read(self, schema: Schema, given: MultiDict[str, str], prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, raw in schema.get("properties", {}).items():
            kind, one = self._kind(name, raw, schema, prefix)
            scene = self._scenes.get(given.get("scene", ""))
            if kind == "params":
                params = self._read(scene.params.model_json_schema(), given, "params.") if scene else {}
                found |= {name: params} if params else {}
            elif kind == "check":
                found[name] = prefix + name in given
            elif given.get(prefix + name, "").strip():
                found[name] = _value(kind, one, given[prefix + name])
        return found


def resolved(one: Schema, defs: Mapping[str, Any]) -> Schema:
    """The schema without references and without `null`: a form says nothing by leaving a field blank."""
    if "$ref" in one:
        return {**resolved(defs.get(one["$ref"].rpartition("/")[2], {}), defs), **one}
    kinds = [kind for kind in one.get("anyOf", ()) if kind.get("type") != "null"]
    return {**resolved(kinds[0], defs), **one} if len(kinds) == 1 else one


def _kind_of(one: Schema, name: str = "") -> str:
    if "enum" in one:
        return "choice"
    if one.get("type") == "array" and one.get("items", {}).get("type") in ("string", "integer", "number"):
        return "lines"
    if one.get("type") == "string":
        long = one.get("maxLength", 0) >= LONG_TEXT and "url" not in name
        return "code" if name == "twiml" else "area" if long else "text"
    return {"boolean": "check", "integer": "number", "number": "number"}.get(one.get("type", ""), "json")


def _attributes(one: Schema) -> dict[str, Any]:
    found = {html: one[name] for name, html in _LIMITS.items() if name in one}
    if one.get("type") == "number":
        found["step"] = "any"
    return found


def _text(kind: str, value: Any) -> Any:
    if value is None:
        return ""
    if kind == "lines":
        return "\n".join(map(str, value)) if isinstance(value, list) else value
    if kind == "json":
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value


def _value(kind: str, one: Schema, text: str) -> Any:
    """What the text stands for; text that is no number stays text, and the model says what is wrong."""
    if kind == "lines":
        items = one.get("items", {})
        return [_value(_kind_of(items), items, line.strip()) for line in text.splitlines() if line.strip()]
    try:
        if kind == "number":
            return int(text) if one.get("type") == "integer" else float(text)
        if kind == "json":
            return json.loads(text)
    except ValueError:
        return text
    return text.replace("\r\n", "\n")


def _belongs(wrong: str, name: str) -> bool:
    return wrong == name or wrong.startswith(f"{name}.")
