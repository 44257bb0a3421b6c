"""A docstring that states what Twilio does names its source, or an enclosing docstring does.

A statement is a clause that begins with Twilio and a verb: "Twilio ignores the answer", "because Twilio sends it once".
A clause about one answer, such as "what Twilio says" or "until Twilio answers", states nothing that a page confirms.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.imports import ROOT

PACKAGES = ("twilio", "scenes", "commands", "conferences", "control", "setup", "web/webhooks")
STATEMENT = re.compile(
    r"(?:^|[.;:]\s+|\b(?:because|so|and|but|since)\s+)Twilio\s+(?:also\s+|then\s+|never\s+|always\s+|only\s+)*"
    r"(?!has\b|was\b)(?:does not \w+|can\b|may\b|must\b|cannot\b|[a-z]+s\b)"
)
SOURCE = re.compile(r"https://\S+")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / "voice" / name).rglob("*.py"))


def unsourced(tree: ast.Module) -> Iterator[str]:
    """The statements about Twilio whose docstring and whose enclosing docstrings name no source."""
    yield from _unsourced(tree, "")


def _unsourced(node: ast.AST, above: str) -> Iterator[str]:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        text = ast.get_docstring(node) or ""
        found = STATEMENT.search(text)
        above += text
        if found and not SOURCE.search(above):
            sentence = text[found.start() :].lstrip(".;: ").partition(".")[0]
            yield f"{getattr(node, 'name', 'module')}: {' '.join(sentence.split())}"
    for child in ast.iter_child_nodes(node):
        yield from _unsourced(child, above)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_twilio_does_has_a_source(path: Path):
    assert list(unsourced(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    ("source", "is_sourced"),
    [
        ('def a():\n    """Twilio ignores a second recording."""', False),
        ('def a():\n    """Twilio does not send it."""', False),
        ('def a():\n    """Look first, because Twilio ignores it."""', False),
        ('def a():\n    """Wait until Twilio answers."""', True),
        ('def a():\n    """Twilio ignores it. Source: https://www.twilio.com/docs/voice"""', True),
        ('"""Source: https://www.twilio.com/docs/voice"""\ndef a():\n    """Twilio ignores it."""', True),
        ('def a():\n    """The call as Twilio then shows it."""', True),
    ],
)
def test_a_statement_without_a_source_is_found(source, is_sourced):
    assert (list(unsourced(ast.parse(source))) == []) is is_sourced
