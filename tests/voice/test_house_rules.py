"""The house rules: which part imports which, one door per dependency, guards, both catalogues, the schema."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Blueprint, Flask
from sqlalchemy import inspect

import voice.commands
import voice.scenes
from tests.support.clients import ADMIN_TOKEN, PUBLIC_URL, Operator, Twilio, form, new_call_sid, settings
from voice import create_app
from voice.commands import all_commands
from voice.config import SETTINGS
from voice.control.base import call_commands
from voice.registry import Registry
from voice.registry.engine.database import opened
from voice.registry.schema import metadata
from voice.scenes import all_scenes
from voice.web.guards import GUARDS

ROOT = Path(voice.__file__).resolve().parent.parent

LEVELS = (  # an import goes to a lower level, or stays in its part; the longest name that fits counts
    {"calls", "events", "errors", "config", "setting_values", "json_record"},
    {"registry", "twilio", "twiml", "catalogue", "spreadsheet", "conferences.labels"},
    {"scenes", "call_filters", "operators"},
    {"control"},
    {"conferences"},
    {"control.interruption"},
    {"commands"},
    {"services", "plans.schedule", "control.runner"},
    {"conferences.keeper", "plans", "control.confirmation", "bulk", "setup"},
    {"rules"},
    {"worker"},
    {"web", "cli"},
    {"voice"},  # create_app, which puts it all together
)  # fmt: skip
PLAIN = LEVELS[0]
DOORS = {
    "twilio.rest": {"voice/twilio/client.py"},
    "twilio.http": {"voice/twilio/transport.py"},
    "twilio.base": {"voice/twilio/client.py"},
    "urllib3": {"voice/twilio/client.py", "voice/twilio/transport.py"},
    "twilio.request_validator": {"voice/twilio/signature.py"},
    "twilio.twiml": {"voice/scenes", "voice/twiml"},
    "sqlalchemy": {"voice/registry"},
    "alembic": {"voice/registry"},
    "sqlite3": {"voice/registry"},
    "dotenv": {"voice/config.py"},
    "click": {"voice/cli"},
    "honcho": {"voice/setup/make_run.py"},
    "argon2": {"voice/operators/passwords.py"},
    "flask_login": {"voice/web/session_user.py"},
    "flask_wtf": {"voice/web/session_user.py"},
}
ENVIRONMENT = {"environ", "environb", "getenv", "putenv"}


@cache
def read_modules(package: str) -> tuple[tuple[str, ast.Module], ...]:
    """Read once: there are many tests that look at all of them."""
    paths = sorted((ROOT / package).rglob("*.py"))
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())) for path in paths)


def modules(package: str) -> Iterator[tuple[str, ast.Module]]:
    """The path of each module from the root, and what it says."""
    yield from read_modules(package)


def for_types_only(tree: ast.Module) -> set[ast.AST]:
    """What stands under `if TYPE_CHECKING`: no import at run time."""
    guarded = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    ]
    return {inner for node in guarded for inner in ast.walk(node)}


def imported(path: str, tree: ast.Module) -> set[str]:
    """The dotted names that a module imports; `from a import b` gives both a and a.b."""
    found, left_out = set(), for_types_only(tree)
    for node in ast.walk(tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def under(name: str, parent: str) -> bool:
    return name == parent or name.startswith(f"{parent}.")


def part_of(dotted: str) -> str:
    """The part of LEVELS that a module or name belongs to: `voice.web.feed` to `web`, `voice` itself to `voice`."""
    words = dotted.split(".")[1:]
    known = {part for parts in LEVELS for part in parts}
    fitting = [".".join(words[:length]) for length in (2, 1) if ".".join(words[:length]) in known]
    if fitting:
        return fitting[0]
    is_module = words and (
        (ROOT / "voice" / words[0]).is_dir() or (ROOT / "voice" / f"{words[0]}.py").is_file()
    )
    return words[0] if is_module else "voice"


def level_of(part: str) -> int:
    for level, parts in enumerate(LEVELS):
        if part in parts:
            return level
    raise AssertionError(f"voice/{part} has no place among the levels yet: give it one")


@pytest.mark.parametrize("path", [path for path, _ in modules("voice")])
def test_imports_point_one_way(path):
    part = part_of(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    for name in imported(path, dict(modules("voice"))[path]):
        wanted = part_of(name)
        if not under(name, "voice") or wanted == part or name == "voice":
            continue  # `from voice import errors` is read as voice.errors as well
        downwards = level_of(wanted) < level_of(part) or (part in PLAIN and wanted in PLAIN)
        assert downwards, f"{path} imports {name}: that points upwards"


def test_the_parts_of_the_lowest_level_know_nothing_of_ours_but_each_other():
    trees = dict(modules("voice"))
    for part in PLAIN:
        path = f"voice/{part}.py"
        ours = {part_of(name) for name in imported(path, trees[path]) if under(name, "voice")}
        assert ours <= PLAIN, path


@pytest.mark.parametrize(
    ("package", "stranger"), [("voice", "midcall_emulator"), ("midcall_emulator", "voice")]
)
def test_the_app_and_the_emulator_share_the_wire_and_nothing_else(package, stranger):
    for path, tree in modules(package):
        for name in imported(path, tree):
            assert name.partition(".")[0] not in {
                stranger,
                "tests",
                "bench",
            }, path


@pytest.mark.parametrize("dependency", sorted(DOORS))
def test_each_dependency_has_one_door(dependency):
    users = {
        path
        for path, tree in modules("voice")
        if any(under(name, dependency) for name in imported(path, tree))
    }
    doors = DOORS[dependency]
    assert users, f"nobody uses {dependency}: the line can go"
    assert not {
        path for path in users if not any(path == door or path.startswith(f"{door}/") for door in doors)
    }


def test_the_environment_is_read_in_one_place():
    readers = set()
    for path, tree in modules("voice"):
        for node in ast.walk(tree):
            from_os = isinstance(node, ast.ImportFrom) and node.module == "os"
            names = {alias.name for alias in node.names} if from_os else set()
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os":
                names = {node.attr}
            if names & ENVIRONMENT:
                readers.add(path)
    assert readers == {
        "voice/config.py",
        "voice/setup/make_run.py",
    }  # the second hands its own on to what it starts


def test_nothing_is_built_on_import(tmp_path):
    """Every module can be imported where nothing is set up: no setting, no database, no Twilio."""
    names = [
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path, _ in modules("voice")
    ]
    wanted = [name for name in names if ".migrations" not in name]
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "; ".join(f"import {name}" for name in wanted)],
        cwd=tmp_path, env=bare, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


# Guards


@pytest.fixture
def sqlite_app(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The app, where the kind of database does not matter."""
    yield from app_on(f"sqlite:///{tmp_path / 'midcall.db'}", tmp_path, sqlite_template)


def app_on(url: str, tmp_path: Path, template: Path) -> Iterator[Flask]:
    (tmp_path / "midcall.db").write_bytes(template.read_bytes())
    app = create_app(settings(DATABASE_URL=url, SPOOL_DIR=str(tmp_path / "spool")), dotenv=None)
    yield app
    app.extensions["midcall"].registry.close()


def admin_routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every method and address under /admin, parameters filled in."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin."):
            path = rule.rule.replace("<call_sid>", "CA" + "0" * 32).replace("<command>", "end")
            path = path.replace("<recording_sid>", "RE" + "0" * 32).replace("<rule>", "long_calls")
            path = re.sub(r"<int:\w+>", "1", path).replace("<string(length=16):run_id>", "0" * 16)
            yield from ((method, path) for method in sorted(rule.methods) if method != "OPTIONS")


def test_every_endpoint_has_a_guard(sqlite_app):
    reached = {rule.endpoint.partition(".")[0] for rule in sqlite_app.url_map.iter_rules()}
    assert reached == set(GUARDS)


def test_only_known_parts_are_open_to_all(sqlite_app):
    """Each guard asks for something, but those of liveness and of the files that pages need."""
    names = {name: guard.__name__ for name, guard in GUARDS.items()}
    open_to_all = {name for name, guard in names.items() if guard == "nobody_in_particular"}
    assert open_to_all == {"health", "static", "bootstrap"}
    assert names["webhooks"] == "signed_by_twilio"


def test_the_routes_of_the_contract_are_there(sqlite_app):
    there = {(method, rule.rule) for rule in sqlite_app.url_map.iter_rules() for method in rule.methods}
    contract = {
        ("POST", "/voice/incoming"), ("POST", "/voice/fallback"), ("POST", "/voice/status"),
        ("POST", "/voice/scenes/<scene>"), ("GET", "/healthz"), ("GET", "/readyz"),
        ("GET", "/admin/openapi.json"), ("GET", "/admin/docs"), ("GET", "/admin/calls"), ("POST", "/admin/calls"),
        ("GET", "/admin/calls/<call_sid>"), ("GET", "/admin/twilio/calls"), ("GET", "/admin/scenes"),
        ("GET", "/admin/commands"), ("POST", "/admin/calls/<call_sid>/<command>"), ("GET", "/admin/events"),
    }  # fmt: skip
    assert contract <= there


@pytest.mark.parametrize(
    "token", [None, "Bearer wrong", "Bearer ", "Basic Og==", "Digest x", "Bearer \u00e9"]
)
def test_no_admin_route_answers_without_a_token(sqlite_app, token):
    client, headers = sqlite_app.test_client(), {} if token is None else {"Authorization": token}
    routes = list(admin_routes(sqlite_app))
    assert len(routes) > 15
    for method, path in routes:
        answer = client.open(path, method=method, headers=headers)
        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        if method != "HEAD":
            assert answer.json["error"]["code"] == "not_signed_in", (method, path)


def test_nothing_is_changed_by_get(sqlite_app):
    client, routes = sqlite_app.test_client(), set(admin_routes(sqlite_app))
    changing = {path for method, path in routes if method not in ("GET", "HEAD")}
    assert changing
    for path in changing - {path for method, path in routes if method == "GET"}:
        answer = client.get(path, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        assert (answer.status_code, answer.json["error"]["code"]) == (405, "method_not_allowed"), path


def test_a_route_without_a_guard_cannot_be_reached(sqlite_app):
    stray = Blueprint("stray", __name__)
    stray.get("/stray")(lambda: "reached")
    sqlite_app.register_blueprint(stray)
    sqlite_app.add_url_rule("/loose", "loose", lambda: "reached")
    for path in ("/stray", "/loose"):
        answer = sqlite_app.test_client().get(path, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "not_allowed"), path


# The catalogues


def example(schema: dict[str, Any]) -> dict[str, Any]:
    """The required fields of a JSON schema, with a value for each."""
    values = {"string": "words", "integer": 7, "boolean": True, "object": {"any": "thing"}}
    return {name: values[schema["properties"][name]["type"]] for name in schema.get("required", [])}


def redirected(app: Flask, scene: str, params: dict[str, Any]) -> Any:
    """What the redirect command says to a scene as its target, with no call there to be redirected."""
    path = f"/calls/{'CA' + '0' * 31}/redirect"
    return Operator(app.test_client(), ADMIN_TOKEN).post(path, {"scene": scene, "params": params})


def assert_scene_is_everywhere(app: Flask, name: str) -> None:
    listed = {
        one["name"]: one for one in Operator(app.test_client(), ADMIN_TOKEN).get("/scenes").json["scenes"]
    }
    schema = listed[name]["schema"]
    assert (set(listed[name]), schema["type"]) == ({"name", "title", "schema"}, "object")
    params = example(schema)
    query = "&".join(f"{key}={value}" for key, value in params.items())
    path = f"/voice/scenes/{name}?{query}".rstrip("?")
    answer = Twilio(app.test_client(), PUBLIC_URL).post(path, form(new_call_sid()))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert "One moment, please." not in answer.text  # that would be the apology
    assert ElementTree.fromstring(answer.text).tag == "Response"
    assert redirected(app, name, params).status_code == 404  # the call's, after the target was accepted
    for required in params:
        refused = redirected(app, name, {key: value for key, value in params.items() if key != required})
        assert refused.status_code == 422
        assert refused.json["error"]["fields"][0]["field"] == f"params.{required}"


def assert_command_is_everywhere(app: Flask, name: str) -> None:
    operator, kind = Operator(app.test_client(), ADMIN_TOKEN), app.extensions["midcall"].commands[name]
    arguments = {**example(kind.Arguments.model_json_schema()), "surely_unknown": 1}
    refused = operator.post(f"/calls/{new_call_sid()}/{name}", arguments)
    assert refused.status_code == 422
    assert "surely_unknown" in [wrong["field"] for wrong in refused.json["error"]["fields"]]
    listed = {one["name"]: one for one in operator.get("/commands").json["commands"]}
    assert listed[name] == {**kind.as_json(), "name": name}
    operation = operator.get("/openapi.json").json["paths"][f"/admin/calls/{{call_sid}}/{name}"]["post"]
    assert "application/json" in operation["requestBody"]["content"]
    assert name in app.cli.commands["calls"].commands


@pytest.mark.parametrize("name", list(all_scenes()))
def test_a_scene_is_everywhere(sqlite_app, name):
    assert_scene_is_everywhere(sqlite_app, name)


@pytest.mark.parametrize("name", list(call_commands(all_commands())))
def test_a_command_is_everywhere(sqlite_app, name):
    assert_command_is_everywhere(sqlite_app, name)


def test_the_commands_of_the_start_are_there():
    assert {"redirect", "twiml", "end", "dial"} <= set(all_commands())


def test_a_command_without_a_call_is_no_route_of_a_call(sqlite_app):
    operator = Operator(sqlite_app.test_client(), ADMIN_TOKEN)
    assert operator.post(f"/calls/{new_call_sid()}/dial").status_code == 404
    assert "dial" not in [one["name"] for one in operator.get("/commands").json["commands"]]
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


@pytest.fixture
def two_new_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A scene and a command, each in a file of its own, lying beside those that come with Midcall."""
    for package, name, text in ((voice.scenes, "horoscope", SCENE), (voice.commands, "wave", COMMAND)):
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    importlib.invalidate_caches()
    yield
    for package, name in ((voice.scenes, "horoscope"), (voice.commands, "wave")):
        sys.modules.pop(f"{package.__name__}.{name}", None)
        vars(package).pop(name, None)


@pytest.mark.usefixtures("two_new_files")
def test_a_new_file_is_in_every_place_at_once(sqlite_template, tmp_path):
    for app in app_on(f"sqlite:///{tmp_path / 'midcall.db'}", tmp_path, sqlite_template):
        assert_scene_is_everywhere(app, "horoscope")
        assert_command_is_everywhere(app, "wave")


# The API document, the schema, the settings, the requirements


def test_the_api_document_names_every_admin_route(sqlite_app):
    operator = Operator(sqlite_app.test_client(), ADMIN_TOKEN)
    paths = operator.get("/openapi.json").json["paths"]
    page = operator.get("/docs").text
    for rule in sqlite_app.url_map.iter_rules():
        if not rule.endpoint.startswith("admin.") or rule.endpoint in (
            "admin.run_command",
            "admin.run_alone",
        ):
            continue
        path = re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)
        assert {method.lower() for method in rule.methods - {"HEAD", "OPTIONS"}} <= set(paths[path]), path
        assert path in page
    assert [path for path in paths if path.endswith("}/dial")] == []


def indexes(registry: Registry) -> dict[str, Any]:
    """What compare_metadata does not look at: the indexes with their conditions, per table."""

    def read(connection: Any) -> dict[str, Any]:
        inspector = inspect(connection)
        found = {}
        for table in metadata.tables:
            for index in inspector.get_indexes(table):
                condition = {
                    str(value) for name, value in index["dialect_options"].items() if "where" in name
                }
                found[index["name"]] = (index["column_names"], bool(index["unique"]), condition)
        return found

    return registry.database.read(read)


def test_the_tables_equal_the_migrations(registry):
    def differences(connection: Any) -> Any:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, metadata)

    assert registry.database.read(differences) == []
    migrated = indexes(registry)
    registry.database.write(metadata.drop_all)
    registry.database.write(metadata.create_all)
    assert indexes(registry) == migrated
    assert any(condition for _, _, condition in migrated.values())


def test_migrating_twice_is_migrating_once(database_url):
    from voice.registry.engine.schema_version import head, migrate

    with opened(database_url) as database:
        assert [migrate(database), migrate(database)] == [head(), head()]


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_each_setting_has_a_row_in_the_readme(name):
    readme = ROOT / "README.md"
    rows = [line for line in readme.read_text().splitlines() if line.startswith("|")]
    assert any(f"`{name}`" in row.split("|")[1] for row in rows), f"README.md has no row for {name}"


@pytest.mark.parametrize(
    "setting", [one for one in SETTINGS if one.default is None], ids=lambda one: one.name
)
def test_each_required_setting_has_a_line_in_the_example(setting):
    assert re.search(rf"^{setting.name}=", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_requirements_are_pinned():
    files = ["requirements.txt", "requirements-dev.txt", "midcall_emulator/requirements.txt"]
    lines = [
        line.partition("#")[0].strip() for name in files for line in (ROOT / name).read_text().splitlines()
    ]
    wanted = [line for line in lines if line and not line.startswith("-r ")]
    assert len(wanted) > 10
    assert [line for line in wanted if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", line)] == []
