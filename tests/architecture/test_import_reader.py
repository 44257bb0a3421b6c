"""The reader of imports, on graphs small enough to check by eye."""

from __future__ import annotations

import ast

import pytest

from tests.support import imports
from tests.support.imports import Module, cycles, grouped, upward_imports


def graph(**edges: str) -> imports.Graph:
    """A graph from `a="b c"`: the module `a` imports `b` and `c`."""
    return {name: frozenset(targets.split()) for name, targets in edges.items()}


def test_imports_in_functions_and_for_types_are_read():
    source = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from pack.types import Shape
else:
    import pack.real
def late():
    from pack import tools
"""
    module = Module("pack.here", "pack/here.py", ast.parse(source))
    found = {one.dotted: one.types_only for one in module.imports}
    assert found == {
        "typing.TYPE_CHECKING": False,
        "pack.types.Shape": True,
        "pack.real": False,
        "pack.tools": False,
    }
    assert "pack.types.Shape" not in module.imported_names(runtime_only=True)


def test_a_module_imported_from_its_package_is_the_module(monkeypatch):
    sources = {
        "pack": "",
        "pack.a": "from pack import b",
        "pack.b": "from pack.a import thing\nfrom pack import name",
    }
    modules = {name: Module(name, name, ast.parse(source)) for name, source in sources.items()}
    monkeypatch.setattr(imports, "read_package", lambda _package: modules)
    assert imports.module_graph("pack") == graph(**{"pack": "", "pack.a": "pack.b", "pack.b": "pack.a pack"})


def test_a_relative_import_is_an_error():
    with pytest.raises(AssertionError, match=r"pack/here.py:1 is a relative import"):
        Module("pack.here", "pack/here.py", ast.parse("from . import there")).imports


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ({"a": "b", "b": "c", "c": ""}, []),
        ({"a": "b", "b": "a", "c": "a"}, [["a", "b"]]),
        ({"a": "b", "b": "c", "c": "a d", "d": "e", "e": "d"}, [["a", "b", "c"], ["d", "e"]]),
        ({"x": "y z", "y": "w", "z": "w", "w": ""}, []),
    ],
)
def test_cycles_are_the_strongly_connected_components(edges, expected):
    assert cycles(graph(**edges)) == expected


def test_parts_are_subpackages_and_modules_of_the_package():
    modules = graph(
        **{"pack": "pack.web.a", "pack.web.a": "pack.web.b pack.calls", "pack.web.b": "", "pack.calls": ""}
    )
    assert grouped(modules) == graph(__init__="web", web="calls", calls="")


def test_an_import_goes_to_a_lower_layer():
    modules = graph(**{"p.low": "p.high", "p.high": "p.low p.side", "p.side": "", "p.high.a": "p.high"})
    assert upward_imports(modules, ({"low"}, {"high", "side"})) == ["p.high -> p.side", "p.low -> p.high"]


def test_a_layer_may_name_a_module_inside_a_part():
    modules = graph(**{"p.part": "", "p.part.runner": "p.part", "p.other": "p.part.runner"})
    assert upward_imports(modules, ({"part"}, {"other"}, {"part.runner"})) == ["p.other -> p.part.runner"]


def test_a_module_without_a_layer_is_an_error():
    with pytest.raises(AssertionError, match=r"give these modules a layer: p\.new"):
        upward_imports(graph(**{"p.new": "", "p.old": ""}), ({"old"},))
