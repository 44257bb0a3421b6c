"""Forms made from the schemas of the catalogues, and what was filled in, as the arguments of a command.

Whatever a browser sends is text; here it becomes what the schema asks for. Nothing is judged: the models do that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from voice.catalogue import Catalogue
from voice.errors import MidcallError
from voice.scenes import Scene
from voice.web.console.forms.values import Schema, as_text, as_value, attributes, kind_of, resolved

_ANSWERS = {"true": "Yes", "false": "No"}


@dataclass
class Field:
    """One field, named as its argument. `kind`: text, number, lines, area, code, json, check, choice, choices or scene.

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
    refreshes: bool = False  # which fields there are depends on it


class Form:
    """The form of one schema; with the catalogue of scenes where it has a `scene` with its `params`.

    Where several forms are one on the page, each has a prefix for the names of its fields, and of what is wrong.
    """

    def __init__(self, schema: Schema, scenes: Catalogue[Scene] | None = None, prefix: str = ""):
        self._schema, self._scenes, self._prefix = schema, scenes or Catalogue([]), prefix

    def fields(
        self, values: Mapping[str, Any] | None = None, errors: Iterable[Mapping[str, str]] = ()
    ) -> list[Field]:
        """The fields, with what was filled in so far and what was wrong with it."""
        values = values or {}
        shown = sorted(self._fields(self._schema, values, ""), key=lambda one: one.kind == "check")
        for one in shown:
            one.name = self._prefix + one.name
            one.error = next((e["message"] for e in errors if _belongs(e["field"], one.name)), "")
        return shown

    def read(self, given: MultiDict[str, str]) -> dict[str, Any]:
        """The arguments that were filled in. What was left blank is left out, so that the default counts."""
        own = [
            (name.removeprefix(self._prefix), value)
            for name, value in given.items(multi=True)
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
                name in required, self._options(kind, one, name in required), attributes(one),
                refreshes=kind == "scene" and prefix + name == "scene",
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
        if one.get("format") == "scene" or (not prefix and name == "scene" and one.get("type") != "array"):
            return "scene", one
        if one.get("type") == "boolean" and "anyOf" in one:
            return "choice", {**one, "enum": ["true", "false"]}  # to say nothing of it is a third answer
        return kind_of(one, name), one

    def _options(self, kind: str, one: Schema, required: bool) -> list[tuple[str, str]]:
        blank = [] if required or one.get("default") is not None else [("", "-")]
        if kind == "scene":
            return blank + [(scene.name, scene.title) for scene in self._scenes.values()]
        if kind == "choice":
            return blank + [(str(word), _ANSWERS.get(word, str(word))) for word in one["enum"]]
        if kind == "choices":
            return self._options("choice" if "enum" in one["items"] else "scene", one["items"], True)
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
            elif kind == "choices":
                found[name] = given.getlist(prefix + name)
            elif given.get(prefix + name, "").strip():
                found[name] = as_value(kind, one, given[prefix + name])
        return found


def problem(error: MidcallError | None, shown: Iterable[Any]) -> str:
    """What is wrong with none of the fields in particular; `shown` is what has an `error` of its own."""
    if error is None or error.fields is None:
        return error.message if error else ""
    told = {one.error for one in shown if one.error}
    return "; ".join(wrong["message"] for wrong in error.fields if wrong["message"] not in told)


def _belongs(wrong: str, name: str) -> bool:
    return wrong == name or wrong.startswith(f"{name}.")
