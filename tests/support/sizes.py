"""The sizes of a package's functions and modules, in lines of source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tests.support.imports import ROOT, Module, read_package


@dataclass(frozen=True, order=True)
class Size:
    """The length of one function or module, from its first line to its last."""

    lines: int
    place: str


def function_sizes(package: str) -> list[Size]:
    """Each function and method with its length, docstring included."""
    return [size for module in read_package(package).values() for size in _functions(module)]


def _functions(module: Module) -> Iterator[Size]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield Size(node.end_lineno - node.lineno + 1, f"{module.path}:{node.name}")


def module_sizes(package: str) -> list[Size]:
    """Each module with its length."""
    paths = [module.path for module in read_package(package).values()]
    return [Size(len((ROOT / path).read_text().splitlines()), path) for path in paths]


def median_function(package: str) -> float:
    """The median length of the package's functions."""
    return median(size.lines for size in function_sizes(package))


def root_modules(package: str) -> list[str]:
    """The modules directly in the package, subpackages not included."""
    return sorted(path.name for path in (ROOT / package).glob("*.py"))
