"""The emulator's README and COVERAGE.md agree with its code."""

from __future__ import annotations

import re
from pathlib import Path

import midcall_emulator
from midcall_emulator import pytest_plugin
from midcall_emulator.control import routes as control_routes
from midcall_emulator.load.command import parser as load_parser
from midcall_emulator.options import parser
from midcall_emulator.rest import routes as rest_routes
from midcall_emulator.switches import coverage_rows
from midcall_emulator.twiml.vocabulary import read_vocabulary
from midcall_emulator.verify.catalogue import scenario_names
from midcall_emulator.verify.options import parser as verify_parser
from midcall_emulator.wire.faults import KINDS

FOLDER = Path(midcall_emulator.__file__).parent
COVERAGE = (FOLDER / "COVERAGE.md").read_text()
README = (FOLDER / "README.md").read_text()
CURL_OPTIONS = ("--data-urlencode", "--retry", "--retry-connrefused", "--retry-delay")


def test_coverage_lists_every_switch_with_its_values_and_what_is_known() -> None:
    table = COVERAGE.partition("| Switch |")[2].splitlines()[2:]
    assert table == coverage_rows(scenario_names())


def test_coverage_lists_every_verb_noun_and_attribute() -> None:
    prefixes = tuple(re.findall(r"`(\w+)\*`", COVERAGE))
    for element in read_vocabulary().elements:
        assert f"`{element.name}`" in COVERAGE
        for attribute in element.attributes or ():
            assert f"`{attribute}`" in COVERAGE or attribute.startswith(prefixes), (
                f"{element.name} {attribute}"
            )


def test_coverage_lists_every_resource_and_the_readme_every_route() -> None:
    for _, path in rest_routes.operations():
        assert path.removeprefix(rest_routes.PREFIX).split("/")[1].partition(".")[0] in COVERAGE
    for _, path in control_routes.routes():
        assert path.rpartition("/")[2].strip("{}") in README


def test_the_emulator_does_not_import_the_app() -> None:
    for file in FOLDER.rglob("*.py"):
        assert not re.search(r"^\s*(from|import) voice\b", file.read_text(), re.MULTILINE), file


def test_every_option_in_the_readme_exists() -> None:
    known = {*parser()._option_string_actions, *CURL_OPTIONS, "--help"}
    known |= {*load_parser()._option_string_actions, *verify_parser()._option_string_actions}
    known |= {f"--emulator-{name.replace('_', '-')}" for name in pytest_plugin.OPTIONS}
    assert set(re.findall(r"(?<=[\s`])--[a-z-]+(?=[ `])", README)) <= known


def test_the_readme_explains_every_fault() -> None:
    assert [kind for kind in KINDS if f"`{kind}`" not in README] == []
