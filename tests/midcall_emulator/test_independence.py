"""The emulator's tests run without the app: neither they nor their support modules import it or what it is built on."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.imports import Module, is_under, read_package

FOREIGN = ("voice", "flask", "sqlalchemy", "psycopg", "tests.support.fixtures", "bench")
MODULES = read_package("tests")
OWN = [name for name in MODULES if is_under(name, "tests.midcall_emulator")]


def with_support(module: Module, seen: set[str]) -> Iterator[Module]:
    """Yield a module and the modules of ``tests`` that it imports, directly or through others."""
    if module.name in seen:
        return
    seen.add(module.name)
    yield module
    for name in module.imported_names():
        if name in MODULES:
            yield from with_support(MODULES[name], seen)


def test_no_test_of_the_emulator_imports_the_app() -> None:
    seen: set[str] = set()
    imports = {
        f"{module.path} imports {imported}"
        for name in OWN
        for module in with_support(MODULES[name], seen)
        for imported in module.imported_names()
        if any(is_under(imported, foreign) for foreign in FOREIGN)
    }
    assert imports == set()
    assert {"tests.midcall_emulator.conftest", "tests.support.scripted_app"} <= seen
