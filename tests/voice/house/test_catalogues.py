"""Each scene and each command is in the API, the OpenAPI document and the command line, from its file alone."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask

import voice.commands
import voice.scenes
from tests.support.clients import ADMIN_TOKEN, PUBLIC_URL, Operator, Twilio, form, new_call_sid
from tests.support.fixtures import app_on
from voice.commands import all_commands
from voice.control.base import call_commands
from voice.scenes import all_scenes

APOLOGY = "One moment, please."
UNKNOWN_CALL = "CA" + "0" * 31  # one digit short, so no request goes to Twilio


def required_values(schema: dict[str, Any]) -> dict[str, Any]:
    """A value for each required field of a JSON schema."""
    values = {"string": "words", "integer": 7, "boolean": True, "object": {"any": "thing"}}
    return {name: values[schema["properties"][name]["type"]] for name in schema.get("required", [])}


def redirect_unknown_call(operator: Operator, scene: str, params: dict[str, Any]) -> Any:
    """Run the redirect command, with a scene as its target, on a call that does not exist."""
    return operator.post(f"/calls/{UNKNOWN_CALL}/redirect", {"scene": scene, "params": params})


def assert_scene_is_everywhere(app: Flask, name: str) -> None:
    operator = Operator(app.test_client(), ADMIN_TOKEN)
    listed = {scene["name"]: scene for scene in operator.get("/scenes").json["scenes"]}
    schema = listed[name]["schema"]
    assert (set(listed[name]), schema["type"]) == ({"name", "title", "schema"}, "object")
    params = required_values(schema)
    assert_scene_answers_with_twiml(app, name, params)
    assert_redirect_checks_params(operator, name, params)


def assert_scene_answers_with_twiml(app: Flask, name: str, params: dict[str, Any]) -> None:
    query = "&".join(f"{key}={value}" for key, value in params.items())
    path = f"/voice/scenes/{name}?{query}".rstrip("?")
    answer = Twilio(app.test_client(), PUBLIC_URL).post(path, form(new_call_sid()))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert APOLOGY not in answer.text
    assert ElementTree.fromstring(answer.text).tag == "Response"


def assert_redirect_checks_params(operator: Operator, name: str, params: dict[str, Any]) -> None:
    accepted = redirect_unknown_call(operator, name, params)
    assert accepted.status_code == 404  # the scene and its parameters are accepted; the call is unknown
    for required in params:
        others = {key: value for key, value in params.items() if key != required}
        refused = redirect_unknown_call(operator, name, others)
        assert refused.status_code == 422
        assert refused.json["error"]["fields"][0]["field"] == f"params.{required}"


def assert_command_is_everywhere(app: Flask, name: str) -> None:
    operator, kind = Operator(app.test_client(), ADMIN_TOKEN), app.extensions["midcall"].commands[name]
    arguments = {**required_values(kind.Arguments.model_json_schema()), "surely_unknown": 1}
    refused = operator.post(f"/calls/{new_call_sid()}/{name}", arguments)
    assert refused.status_code == 422
    assert "surely_unknown" in [wrong["field"] for wrong in refused.json["error"]["fields"]]
    listed = {command["name"]: command for command in operator.get("/commands").json["commands"]}
    assert listed[name] == {**kind.as_json(), "name": name}
    operation = operator.get("/openapi.json").json["paths"][f"/admin/calls/{{call_sid}}/{name}"]["post"]
    assert "application/json" in operation["requestBody"]["content"]
    assert name in app.cli.commands["calls"].commands


@pytest.mark.parametrize("name", list(all_scenes()))
def test_each_scene_is_in_every_interface(sqlite_app, name):
    assert_scene_is_everywhere(sqlite_app, name)


@pytest.mark.parametrize("name", list(call_commands(all_commands())))
def test_each_command_is_in_every_interface(sqlite_app, name):
    assert_command_is_everywhere(sqlite_app, name)


def test_the_commands_of_the_contract_exist():
    assert {"redirect", "twiml", "end", "dial"} <= set(all_commands())


def test_a_command_without_a_call_has_no_route_under_a_call(sqlite_app):
    operator = Operator(sqlite_app.test_client(), ADMIN_TOKEN)
    assert operator.post(f"/calls/{new_call_sid()}/dial").status_code == 404
    assert "dial" not in [command["name"] for command in operator.get("/commands").json["commands"]]
    assert "dial" in sqlite_app.cli.commands["calls"].commands


SCENE = '''
from typing import Annotated
from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse
from voice.scenes.scene import Params, scene

class HoroscopeParams(Params):
    sign: Annotated[str, Field(max_length=20)]

@scene("Horoscope", HoroscopeParams)
def horoscope(_visit, params):
    """What the stars say."""
    response = VoiceResponse()
    response.say(f"Today {params.sign} is lucky.")
    return response
'''
COMMAND = '''
from voice.control.base import Arguments, CallCommand

class WaveArguments(Arguments):
    hand: str

class Wave(CallCommand):
    """Wave at the caller."""

    name = "wave"
    title = "Wave"
    Arguments = WaveArguments
'''
NEW_FILES = ((voice.scenes, "horoscope", SCENE), (voice.commands, "wave", COMMAND))


@pytest.fixture
def new_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A new scene and a new command, each in one file beside the files that Midcall ships."""
    for package, name, text in NEW_FILES:
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    importlib.invalidate_caches()
    yield
    for package, name, _ in NEW_FILES:
        sys.modules.pop(f"{package.__name__}.{name}", None)
        vars(package).pop(name, None)


@pytest.mark.usefixtures("new_files")
def test_one_new_file_adds_a_scene_or_a_command_to_every_interface(sqlite_url, tmp_path):
    with app_on(sqlite_url, tmp_path / "spool") as app:
        assert_scene_is_everywhere(app, "horoscope")
        assert_command_is_everywhere(app, "wave")
