"""Arguments, parameters, and caller input as labeled values: each with the title that its model declares."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from voice.calls import Call
from voice.scenes.place import INPUTS
from voice.services import Services
from voice.web.console.labels.choices import choice_label
from voice.web.console.labels.times import duration
from voice.web.live_calls import chosen_name

DIAL_RESULTS = {"completed": "answered", "no-answer": "no answer"}
QUEUE_RESULTS = {"bridged": "connected", "hangup": "caller hung up", "leave": "left", "queue-full": "full"}


class LabeledValue(NamedTuple):
    """A value with its label. Without a label the value is a sentence; `code` keeps line breaks."""

    label: str
    value: str
    code: bool = False


def command_arguments(services: Services, name: str, given: Mapping[str, Any]) -> list[LabeledValue]:
    """The arguments of a command. A scene is shown by its title, with its own parameters."""
    kind, scene = services.commands.get(name), services.scenes.get(str(given.get("scene") or ""))
    own = {key: value for key, value in given.items() if key != "params"}
    params = given.get("params")
    of_scene = _labeled(services, scene.params if scene else None, params) if isinstance(params, dict) else []
    return _labeled(services, kind.Arguments if kind else None, own) + of_scene


def place_parameters(services: Services, call: Call) -> list[LabeledValue]:
    """The parameters of the call's place, and the caller's input that led there."""
    scene = services.scenes.get(call.scene or "")
    query = dict(parse_qsl(urlsplit(call.scene_url or "").query))
    back = query.pop("back", None)
    fields = scene.params.model_fields if scene else {}
    known = {key: value for key, value in query.items() if key in fields and chosen_name(value)}
    values = _labeled(services, scene.params if scene else None, known)
    if back:
        values.append(LabeledValue("Then", _place(services, back)))
    return values + caller_input(call.scene_inputs or {})


def caller_input(fields: Mapping[str, Any]) -> list[LabeledValue]:
    """The caller's input and its results in the fields of a webhook."""
    return [_INPUT_LABELS[name](str(fields[name])) for name in INPUTS if fields.get(name)]


def _digits(keys: str) -> LabeledValue:
    hung_up = keys == "hangup"  # Twilio sends this word if the caller hangs up during a recording
    return LabeledValue("", "Caller hung up") if hung_up else LabeledValue("Pressed", keys)


def _recording(seconds: str) -> LabeledValue:
    length = duration(int(seconds)) if seconds.isascii() and seconds.isdigit() else seconds
    return LabeledValue("", f"Recording, {length}")


def _result(label: str, words: Mapping[str, str]) -> Callable[[str], LabeledValue]:
    return lambda word: LabeledValue("", f"{label}: {words.get(word, word.replace('-', ' '))}")


_INPUT_LABELS: dict[str, Callable[[str], LabeledValue]] = {
    "Digits": _digits,
    "SpeechResult": lambda text: LabeledValue("Said", text),
    "DialCallStatus": _result("Transfer", DIAL_RESULTS),
    "QueueResult": _result("Queue", QUEUE_RESULTS),
    "RecordingDuration": _recording,
}


def flatten(details: Mapping[str, Any], prefix: str = "") -> list[LabeledValue]:
    """All values of an object, labeled with the path of their names."""
    found: list[LabeledValue] = []
    for name, value in details.items():
        if isinstance(value, dict):
            found += flatten(value, "" if name == "twilio" else f"{prefix}{name}.")
        elif value is not None:
            found.append(LabeledValue(prefix + name, _text(value)))
    return found


def _labeled(
    services: Services, model: type[BaseModel] | None, given: Mapping[str, Any]
) -> list[LabeledValue]:
    fields = model.model_fields if model else {}
    shown = {name: value for name, value in given.items() if value not in (None, False, "", [], {})}
    return [_labeled_value(services, name, fields.get(name), value) for name, value in shown.items()]


def _labeled_value(services: Services, name: str, field: FieldInfo | None, value: Any) -> LabeledValue:
    label, format = (field.title if field else None) or name, _format(field)
    is_scene = isinstance(value, str) and (format == "scene" or name == "scene")
    text = _scene_title(services, value) if is_scene else _text(value)
    return LabeledValue(label, text, format == "twiml")


def _format(field: FieldInfo | None) -> str | None:
    """The format that the model declares in the field's JSON schema."""
    schema = field.json_schema_extra if field else None
    return str(schema.get("format", "")) if isinstance(schema, dict) else None


def _scene_title(services: Services, name: str) -> str:
    """The title of a scene, or the label of what a field allows instead of a scene, such as `back`."""
    scene = services.scenes.get(name)
    return scene.title if scene else choice_label(name)


def _place(services: Services, place: str) -> str:
    name = place.partition("?")[0].removeprefix("scenes/")
    scene = services.scenes.get(services.config["START_SCENE"] if name == "incoming" else name)
    return f"back to {scene.title}" if scene else name


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
