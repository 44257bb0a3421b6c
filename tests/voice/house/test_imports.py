"""The order of the layers, one door per dependency, and modules that do nothing when they are imported."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.support.imports import ROOT, cycles, is_under, module_graph, read_package, upward_imports

LAYERS = (  # lowest first: an import goes to a lower layer or stays in its part
    {"errors", "event_kinds", "setting_values", "json_record"},
    {"events", "config", "validation", "audit"},
    {"calls"},
    {"registry", "twilio", "twiml", "catalogue", "conferences.labels"},
    {"scenes", "call_filters", "operators"},
    {"rules.engine.condition"},
    {"rules.engine.rule"},
    {"control"},
    {"conferences"},
    {"commands"},
    {"services"},  # the catalogue of commands is one of them
    {"control.drops", "control.abandoned", "conferences.keeper", "plans.schedule"},
    {"control.idempotency"},
    {"control.runner"},
    {"plans", "control.confirmation", "bulk", "setup"},
    {"rules"},
    {"worker"},
    {"web", "cli"},
    {"__init__"},  # create_app, which composes the app
)  # fmt: skip
DOORS = {
    "twilio.rest": {"voice/twilio"},
    "twilio.http": {"voice/twilio/transport.py"},
    "twilio.base": {"voice/twilio"},
    "urllib3": {"voice/twilio"},
    "twilio.request_validator": {"voice/twilio/signature.py"},
    "twilio.twiml": {"voice/scenes", "voice/twiml"},
    "sqlalchemy": {"voice/registry"},
    "alembic": {"voice/registry"},
    "sqlite3": {"voice/registry"},
    "dotenv": {"voice/config.py"},
    "click": {"voice/cli"},
    "honcho": {"voice/setup/make_run.py"},
    "argon2": {"voice/operators/passwords.py"},
    "zxcvbn": {"voice/operators/password_strength.py"},
    "flask_login": {"voice/web/session_user.py"},
    "flask_wtf": {"voice/web/session_user.py"},
}
ENVIRONMENT_READERS = {
    "voice/config.py",
    "voice/setup/make_run.py",
}  # make_run passes its own to what it starts
ENVIRONMENT = {"environ", "environb", "getenv", "putenv"}
MODULES = read_package("voice").values()


def test_imports_point_one_way():
    assert upward_imports(module_graph("voice"), LAYERS) == []


def test_no_modules_import_each_other():
    assert cycles(module_graph("voice")) == []


@pytest.mark.parametrize(
    ("package", "stranger"), [("voice", "midcall_emulator"), ("midcall_emulator", "voice")]
)
def test_app_and_emulator_share_no_code(package, stranger):
    strangers = {stranger, "tests", "bench"}
    for module in read_package(package).values():
        assert not {name.partition(".")[0] for name in module.imported_names()} & strangers, module.path


@pytest.mark.parametrize("dependency", sorted(DOORS))
def test_each_dependency_has_one_door(dependency):
    users = {
        module.path
        for module in MODULES
        if any(is_under(name, dependency) for name in module.imported_names(runtime_only=True))
    }
    assert users, f"no module imports {dependency}: remove it from DOORS"
    doors = DOORS[dependency]
    assert not {
        path for path in users if not any(path == door or path.startswith(f"{door}/") for door in doors)
    }


def environment_names(node: ast.AST) -> set[str]:
    """The names by which a node reads the environment, if it does."""
    if isinstance(node, ast.ImportFrom) and node.module == "os":
        return {alias.name for alias in node.names} & ENVIRONMENT
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os":
        return {node.attr} & ENVIRONMENT
    return set()


def test_the_environment_is_read_in_one_place():
    readers = {module.path for module in MODULES for node in ast.walk(module.tree) if environment_names(node)}
    assert readers == ENVIRONMENT_READERS


def test_an_import_builds_nothing(tmp_path):
    """Every module can be imported without a setting, a database or Twilio, and leaves no file behind."""
    imports = [f"import {module.name}" for module in MODULES if ".migrations" not in module.name]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "; ".join(imports)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
