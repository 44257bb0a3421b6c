"""Arguments and parameters as people read them: each with its title from the model it belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from voice.calls import Call
from voice.scenes.place import INPUTS
from voice.services import Services

INPUT_TITLES = {
    "Digits": "Keyed", "SpeechResult": "Said", "DialCallStatus": "The dial", "QueueResult": "The queue",
    "RecordingDuration": "Recorded",
}  # fmt: skip


class Said(NamedTuple):
    """One thing that is told: what it is, and what it says; `code` for what has its lines kept."""

    title: str
    value: str
    code: bool = False


def arguments(services: Services, name: str, given: Mapping[str, Any]) -> list[Said]:
    """What a command was asked for with; a scene by its title, with its own parameters."""
    kind, scene = services.commands.get(name), services.scenes.get(str(given.get("scene") or ""))
    rest = {key: value for key, value in given.items() if key != "params"}
    if scene:
        rest["scene"] = scene.title
    told = _with_titles(kind.Arguments if kind else None, rest)
    params = given.get("params")
    return told + (_with_titles(scene.params if scene else None, params) if isinstance(params, dict) else [])


def place_parameters(services: Services, call: Call) -> list[Said]:
    """The parameters of the place where a call is, and what the caller keyed or said on the way there."""
    scene = services.scenes.get(call.scene or "")
    query = dict(parse_qsl(urlsplit(call.scene_url or "").query))
    back = query.pop("back", None)
    known = {key: value for key, value in query.items() if scene and key in scene.params.model_fields}
    told = _with_titles(scene.params if scene else None, known)
    if back:
        told.append(Said("Afterwards", _place(services, back)))
    return told + inputs(call.scene_inputs or {})


def inputs(given: Mapping[str, Any]) -> list[Said]:
    """What a webhook says that the caller did."""
    return [Said(INPUT_TITLES[name], str(given[name])) for name in INPUTS if given.get(name)]


def flat(details: Mapping[str, Any], prefix: str = "") -> list[Said]:
    """Everything that is in an object, the fields of inner ones below their names."""
    found = []
    for name, value in details.items():
        if isinstance(value, dict):
            found += flat(value, "" if name == "twilio" else f"{prefix}{name}.")
        elif value is not None:
            found.append(Said(prefix + name, _text(value)))
    return found


def _with_titles(model: type[BaseModel] | None, given: Mapping[str, Any]) -> list[Said]:
    fields = model.model_fields if model else {}
    titles = {name: field.title or name for name, field in fields.items()}
    shown = {name: value for name, value in given.items() if value not in (None, False, "", [], {})}
    code = {name for name, field in fields.items() if _is_code(field)}
    return [Said(titles.get(name, name), _text(value), name in code) for name, value in shown.items()]


def _is_code(field: FieldInfo) -> bool:
    schema = field.json_schema_extra
    return isinstance(schema, dict) and schema.get("format") == "twiml"


def _place(services: Services, place: str) -> str:
    name = place.partition("?")[0].removeprefix("scenes/")
    scene = services.scenes.get(services.config["START_SCENE"] if name == "incoming" else name)
    return f"back to {scene.title}" if scene else name


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
