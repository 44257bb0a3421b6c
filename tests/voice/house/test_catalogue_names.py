"""Only the module that defines a command, scene or rule may compare its name; other modules ask for a trait."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.support.imports import ROOT, Module, read_package
from voice.commands import all_commands
from voice.rules import all_rules
from voice.scenes import all_scenes

HOMES: dict[str, set[str]] = {}
for catalogue in (all_commands(), all_scenes(), all_rules()):
    for entry in catalogue.values():
        HOMES.setdefault(entry.name, set()).add(entry.__module__)
OTHER_VOCABULARIES = {  # what is compared there is no name of a catalogue, though it may be spelled like one
    "proof": "a trait of commands",
    "group": "a trait of commands",
    "queue_result": "Twilio's QueueResult",
    "kind": "the kind of a form control",
    "format": "the format of a field in a JSON schema",
}
SQL_COMPARISONS = {"in_", "not_in", "is_distinct_from", "is_not_distinct_from"}
SCRIPTS = sorted(
    [*(ROOT / "voice/templates").rglob("*.html"), *(ROOT / "voice/static/console/js").rglob("*.js")]
)
IN_SCRIPT = re.compile(r"""([\w.]+)\s*(?:[!=]==?|not in|in)\s*[(\[]?["']({})["']""".format("|".join(HOMES)))


def constants(modules: Iterator[Module]) -> dict[str, str]:
    """The constants of all modules that hold a name of a catalogue, by their own name."""
    return {
        target.id: node.value.value
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value in HOMES
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }


CONSTANTS = constants(iter(read_package("voice").values()))


def comparisons(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a node compares, in pairs: in Python, in SQL, or by looking up a literal dictionary."""
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        yield from pairwise(operands)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr in SQL_COMPARISONS:
            yield node.func.value, node.args[0]
        if node.func.attr == "get" and isinstance(node.func.value, ast.Dict):
            yield node.args[0], ast.List([key for key in node.func.value.keys if key])
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        yield node.slice, ast.List([key for key in node.value.keys if key])
    if isinstance(node, ast.Match):
        values = [
            one.value for case in node.cases for one in ast.walk(case) if isinstance(one, ast.MatchValue)
        ]
        yield node.subject, ast.List(values)


def catalogue_names(operand: ast.expr) -> set[str]:
    """The names of catalogues that an operand lists, as literals or as constants."""
    parts = operand.elts if isinstance(operand, ast.Tuple | ast.List | ast.Set) else [operand]
    literals = {part.value for part in parts if isinstance(part, ast.Constant)}
    return (literals | {CONSTANTS.get(part.id, "") for part in parts if isinstance(part, ast.Name)}) & {
        *HOMES
    }


def subject_of(operand: ast.expr) -> str:
    """The last name of what is compared: `command` of `record.command`."""
    return re.findall(r"\w+", ast.unparse(operand))[-1]


def foreign_comparisons(module: Module) -> list[str]:
    """The comparisons of a module with names that other modules define."""
    return [
        f"{module.path}:{getattr(node, 'lineno', 0)} {ast.unparse(left)} with {name}"
        for node in ast.walk(module.tree)
        for left, right in comparisons(node)
        for subject, names in ((left, catalogue_names(right)), (right, catalogue_names(left)))
        for name in names
        if subject_of(subject) not in OTHER_VOCABULARIES and module.name not in HOMES[name]
    ]


@pytest.mark.parametrize("module", read_package("voice").values(), ids=lambda module: module.path)
def test_no_module_compares_the_name_of_another_modules_entry(module):
    assert foreign_comparisons(module) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_template_or_script_compares_the_name_of_an_entry(path):
    found = IN_SCRIPT.findall(path.read_text())
    assert [pair for pair in found if pair[0].rpartition(".")[2] not in OTHER_VOCABULARIES] == []


@pytest.mark.parametrize(
    "text",
    [
        'if record.command == "end": pass', 'x = kind.name in ("hold", command)', 'x = {"resume": "h"}[kind.name]',
        'x = rules.c.ready_made == "cost_ceiling"', 'x = calls.c.scene.is_distinct_from("emergency")',
        'match name:\n    case "say": pass',
    ],
)  # fmt: skip
def test_a_comparison_is_found(text):
    assert len(foreign_comparisons(Module("voice.web.sample", "sample.py", ast.parse(text)))) == 1
