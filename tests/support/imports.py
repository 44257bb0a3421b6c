"""The import graph of a package, read from its source with `ast`; the package itself is not imported.

Every import counts: at the top of a module, inside a function, and under `if TYPE_CHECKING`. Pass `runtime_only=True`
to leave out the last kind.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

Graph = Mapping[str, frozenset[str]]
"""Each node with the nodes it imports. A node is a module, or a part (see `part_of`)."""


@dataclass(frozen=True)
class Import:
    """One imported name: `from a import b` has the module `a` and the name `b`; `import a` has no name."""

    module: str
    name: str | None
    line: int
    types_only: bool

    @property
    def dotted(self) -> str:
        """The module and the name, joined."""
        return self.module if self.name is None else f"{self.module}.{self.name}"


@dataclass(frozen=True)
class Module:
    """A module: its dotted name, its path from the root of the repository, its syntax tree."""

    name: str
    path: str
    tree: ast.Module

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import of the module."""
        for_types = _nodes_under_type_checking(self.tree)
        return tuple(
            found
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for found in self._read(node, node in for_types)
        )

    def imported_names(self, *, runtime_only: bool = False) -> set[str]:
        """The dotted names that the module imports; `from a import b` gives both `a` and `a.b`."""
        imports = [one for one in self.imports if not (runtime_only and one.types_only)]
        return {one.module for one in imports} | {one.dotted for one in imports}

    def _read(self, node: ast.Import | ast.ImportFrom, types_only: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, None, node.lineno, types_only) for alias in node.names)
            return
        assert node.level == 0, f"{self.path}:{node.lineno} is a relative import"
        yield from (Import(node.module or "", alias.name, node.lineno, types_only) for alias in node.names)


def _nodes_under_type_checking(tree: ast.Module) -> set[ast.AST]:
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If)]
    guarded = [node for node in blocks if "TYPE_CHECKING" in ast.unparse(node.test)]
    return {inner for node in guarded for statement in node.body for inner in ast.walk(statement)}


@cache
def read_package(package: str) -> Mapping[str, Module]:
    """Every module of a package, by its dotted name. The files are read once per test process."""
    paths = sorted((ROOT / package.replace(".", "/")).rglob("*.py"))
    modules = [Module(_dotted(path), _relative(path), ast.parse(path.read_text())) for path in paths]
    return {module.name: module for module in modules}


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _dotted(path: Path) -> str:
    return _relative(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_under(name: str, parent: str) -> bool:
    """Whether a dotted name is `parent` or lies inside it."""
    return name == parent or name.startswith(f"{parent}.")


def module_graph(package: str, *, runtime_only: bool = False) -> Graph:
    """The modules of a package, each with the modules of that package it imports.

    `from a.b import c` counts as an import of the module `a.b.c` if there is one, else of `a.b`. Python also runs
    `a/__init__.py` on the way; that does not count, or each module would import the package it lies in.
    """
    modules = read_package(package)
    return {
        name: frozenset(
            target
            for one in module.imports
            if not (runtime_only and one.types_only)
            for target in [_imported_module(one, modules)]
            if target and target != name
        )
        for name, module in modules.items()
    }


def _imported_module(one: Import, modules: Mapping[str, Module]) -> str | None:
    return next((name for name in (one.dotted, one.module) if name in modules), None)


def part_of(module: str) -> str:
    """The part of a package that a module belongs to: `voice.web.admin.calls` belongs to `web`.

    A part is a subpackage or a module directly in the package. The package's own file is the part `__init__`.
    """
    return [*module.split("."), "__init__"][1]


def grouped(graph: Graph) -> Graph:
    """The imports between the parts of a module graph. Imports within one part are left out."""
    parts: dict[str, set[str]] = {}
    for name, targets in graph.items():
        parts.setdefault(part_of(name), set()).update(part_of(target) for target in targets)
    return {part: frozenset(targets - {part}) for part, targets in parts.items()}


def upward_imports(graph: Graph, layers: Sequence[Collection[str]]) -> list[str]:
    """The imports that break the order of the layers, as `importer -> imported`.

    An import goes to a lower layer or stays in its part. `layers` names every part once and starts with the lowest
    layer. A layer may also name what lies inside a part (`control.runner`); the longest name that fits counts.
    """
    rank = {part: height for height, parts in enumerate(layers) for part in parts}
    part = {name: _longest(name, rank) for name in graph}
    unplaced = sorted(name for name in graph if part[name] not in rank)
    assert not unplaced, f"give these modules a layer: {', '.join(unplaced)}"
    edges = [(name, target) for name, targets in graph.items() for target in targets]
    return sorted(
        f"{name} -> {target}"
        for name, target in edges
        if part[name] != part[target] and rank[part[target]] >= rank[part[name]]
    )


def _longest(module: str, parts: Collection[str]) -> str:
    inside = module.partition(".")[2]
    fitting = [name for name in parts if is_under(inside, name)]
    return max(fitting, key=len, default=part_of(module))


def cycles(graph: Graph) -> list[list[str]]:
    """The groups of nodes that import one another, directly or through others.

    These are the strongly connected components of more than one node, found as Kosaraju does: nodes in the order in
    which a depth-first search leaves them, then a search of the reversed graph.
    """
    order, sources = _depth_first(graph, graph), _reversed(graph)
    assigned: set[str] = set()
    components = [list(_walk(node, sources, assigned)) for node in reversed(order)]
    return sorted(sorted(component) for component in components if len(component) > 1)


def _depth_first(graph: Graph, starts: Collection[str]) -> list[str]:
    seen: set[str] = set()
    return [node for start in starts for node in _walk(start, graph, seen)]


def _walk(start: str, graph: Graph, seen: set[str]) -> Iterator[str]:
    """The nodes that `start` leads to and that are not in `seen`, each after the nodes it leads to."""
    if start in seen:
        return
    seen.add(start)
    for target in sorted(graph.get(start, frozenset())):
        yield from _walk(target, graph, seen)
    yield start


def _reversed(graph: Graph) -> Graph:
    edges = [(target, name) for name, targets in graph.items() for target in targets]
    return {node: frozenset(name for target, name in edges if target == node) for node in graph}
