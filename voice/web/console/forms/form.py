"""A form from a JSON schema: its fields, and the arguments in what a browser sent.

A browser sends text, and the form turns it into the types of the schema. It checks nothing: the models do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from voice.catalogue import Catalogue
from voice.scenes import Scene
from voice.web.console.forms.values import Schema, as_text, as_value, attributes, kind_of, resolved
from voice.web.console.labels.choices import NOT_SET, choice_label

PARAMS = "params."  # prefix of the fields of a scene


@dataclass
class Field:
    """One field, named after its argument.

    `kind`: text, number, lines, area, code, json, check, choice, choices, or scene.

    A parameter of a scene is named `params.<name>`.
    """

    name: str
    kind: str
    label: str
    help: str = ""
    value: Any = ""
    required: bool = False
    has_default: bool = False
    options: list[tuple[str, str]] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    reloads_fields: bool = False  # other fields depend on its value


class Form:
    """The form of one schema. A schema with `scene` and `params` needs the catalogue of scenes.

    If a page has several forms in one, each has a prefix for its field names.
    """

    def __init__(self, schema: Schema, scenes: Catalogue[Scene] | None = None, prefix: str = ""):
        self._schema, self._scenes, self._prefix = schema, scenes or Catalogue([]), prefix

    def fields(
        self, values: Mapping[str, Any] | None = None, errors: Iterable[Mapping[str, str]] = ()
    ) -> list[Field]:
        """The fields with their values and errors; checkboxes come last."""
        fields = sorted(self._fields(self._schema, values or {}, ""), key=lambda one: one.kind == "check")
        for one in fields:
            one.name = self._prefix + one.name
            one.error = next((e["message"] for e in errors if _concerns(e["field"], one.name)), "")
        return fields

    def read(self, sent: MultiDict[str, str]) -> dict[str, Any]:
        """The arguments that were filled in. A blank field is left out, so its default applies."""
        own = [
            (name.removeprefix(self._prefix), value)
            for name, value in sent.items(multi=True)
            if name.startswith(self._prefix)
        ]
        return self._read(self._schema, MultiDict(own), "")

    def _fields(self, schema: Schema, values: Mapping[str, Any], prefix: str) -> Iterable[Field]:
        required = schema.get("required", ())
        for name, raw in schema.get("properties", {}).items():
            kind, one = self._kind(name, raw, schema, prefix)
            if kind == "params":
                yield from self._params(values)
                continue
            value = values.get(name, one.get("default"))
            yield Field(
                prefix + name, kind, one.get("title") or name, one.get("description", ""), as_text(kind, value),
                name in required, bool(one.get("default")), self._options(kind, one, name in required), attributes(one),
                reloads_fields=kind == "scene" and prefix + name == "scene",
            )  # fmt: skip

    def _params(self, values: Mapping[str, Any]) -> Iterable[Field]:
        scene = self._scenes.get(values.get("scene") or "")
        if scene:
            yield from self._fields(scene.params.model_json_schema(), values.get("params") or {}, PARAMS)

    def _kind(self, name: str, raw: Schema, schema: Schema, prefix: str) -> tuple[str, Schema]:
        one = resolved(raw, schema.get("$defs") or self._schema.get("$defs", {}))
        if not prefix and name == "params" and "scene" in schema["properties"]:
            return "params", one
        if one.get("format") == "scene" or (not prefix and name == "scene" and one.get("type") != "array"):
            return "scene", one
        if one.get("type") == "boolean" and "anyOf" in one:
            return "choice", {**one, "enum": ["true", "false"]}  # not set is a third answer
        return kind_of(one, name), one

    def _options(self, kind: str, one: Schema, required: bool) -> list[tuple[str, str]]:
        blank = [] if required or one.get("default") is not None else [("", NOT_SET)]
        if kind == "scene":
            return blank + self._scene_options(one.get("default"))
        if kind == "choice":
            return blank + [(str(word), choice_label(str(word))) for word in one["enum"]]
        if kind == "choices":
            return self._options("choice" if "enum" in one["items"] else "scene", one["items"], True)
        return []

    def _scene_options(self, default: str | None) -> list[tuple[str, str]]:
        """All scenes, below a default that is no scene, such as `back`."""
        other = [(default, choice_label(default))] if default and default not in self._scenes else []
        titles = [(scene.name, scene.title) for scene in self._scenes.values()]
        return other + sorted(titles, key=lambda option: option[1])

    def _read(self, schema: Schema, sent: MultiDict[str, str], prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, raw in schema.get("properties", {}).items():
            kind, one = self._kind(name, raw, schema, prefix)
            if kind == "params":
                found |= self._read_params(name, sent)
            elif kind == "check":
                found[name] = prefix + name in sent
            elif kind == "choices":
                found[name] = sent.getlist(prefix + name)
            elif sent.get(prefix + name, "").strip():
                found[name] = as_value(kind, one, sent[prefix + name])
        return found

    def _read_params(self, name: str, sent: MultiDict[str, str]) -> dict[str, Any]:
        scene = self._scenes.get(sent.get("scene", ""))
        params = self._read(scene.params.model_json_schema(), sent, PARAMS) if scene else {}
        return {name: params} if params else {}


def _concerns(error_field: str, name: str) -> bool:
    return error_field == name or error_field.startswith(f"{name}.")
