"""Every event kind that the code names is in the table, and the table has no kind that the code does not record."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

from tests.support.imports import read_package
from voice.event_kinds import EVENT_KINDS, KindName

TABLE = "voice.event_kinds"
FAMILIES = {name.partition(".")[0] for name in EVENT_KINDS}
MODULES = [module for module in read_package("voice").values() if module.name != TABLE]


def strings(tree: ast.AST) -> Iterator[str]:
    """Every string in the source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def named_kinds(*, outside: str = "nowhere") -> set[str]:
    """Every string that reads like a kind: a known family, a dot and one word."""
    read = [module for module in MODULES if not module.name.startswith(outside)]
    found = {text for module in read for text in strings(module.tree)}
    return {text for text in found if re.fullmatch(rf"({'|'.join(FAMILIES)})\.[a-z_]+", text)}


def first_arguments(name: str) -> Iterator[tuple[str, ast.expr]]:
    """The module and the first argument of each call of `name`."""
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name and node.args:
                yield module.path, node.args[0]


def test_the_type_of_kinds_names_every_row_of_the_table():
    assert set(get_args(KindName)) == set(EVENT_KINDS)


def test_every_kind_that_the_code_names_is_in_the_table():
    assert named_kinds() - set(EVENT_KINDS) == set()


def test_every_kind_in_the_table_is_recorded_by_the_code():
    of_commands = {name for name in EVENT_KINDS if name.startswith("command.")}  # recorded by their state
    assert set(EVENT_KINDS) - named_kinds(outside="voice.web.console") - of_commands == set()


def test_an_event_is_made_from_a_kind_of_the_table_and_never_from_a_composed_string():
    """The type checker holds variables to `KindName`; a literal or a composed string can be read from the source."""
    made = list(first_arguments("NewEvent"))
    assert len(made) > 5
    for path, kind in made:
        if isinstance(kind, ast.Constant):
            assert kind.value in EVENT_KINDS, path
        assert not isinstance(kind, ast.JoinedStr | ast.BinOp), path
