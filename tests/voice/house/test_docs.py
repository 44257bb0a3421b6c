"""The pages name only files, identifiers, routes and `flask` commands that exist.

Code blocks are not checked: they show files that a reader is to add, and other tests run them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from pathlib import Path

import click
import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.support.imports import ROOT

PAGES = [
    *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "bench" / "README.md",
    ROOT / "midcall_emulator" / "README.md",
]  # fmt: skip
PAGES = sorted(page for page in PAGES if page.name != "CHANGES.md")  # it names what earlier versions had
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:voice|tests|docs|bench|midcall_emulator|\.ci)/[\w./-]*")
IDENTIFIER = re.compile(r"(?<![\w-])[A-Za-z_][\w-]*\w")
SOURCE_FOLDERS = ("voice", "midcall_emulator", "bench", ".")
SOURCE_KINDS = {".py", ".js", ".html", ".css", ".toml", ".txt", ".yml", ".mako", ".example", ""}
MADE_BY_A_RUN = {"bench/.venv", "bench/results/"}
# SQL, a name that was not taken, words of a caller, Playwright, and pytest options built from a list
FOREIGN_WORDS = {
    "CREATE", "INDEX", "HOST", "News", "wait_for_function", "emulator-url", "fallback-url", "status-callback",
    "idle_in_transaction_session_timeout", "Passw0rd2024",
}  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROUTE = re.compile(rf"(?:({'|'.join(METHODS)}) )?(/(?:voice|admin|console|healthz|readyz)[\w/<>.-]*)")


def code_of(page: Path) -> list[str]:
    """The code in the running text of a page."""
    return re.findall(r"`([^`\n]+)`", CODE_BLOCK.sub("", page.read_text()))


def words_of_code_blocks(page: Path) -> set[str]:
    """Every word in the code blocks of a page."""
    return {word for block in CODE_BLOCK.findall(page.read_text()) for word in IDENTIFIER.findall(block)}


@cache
def words_of_the_source() -> set[str]:
    """Every word of the source, and the name of every source file."""
    words: set[str] = set()
    for folder in SOURCE_FOLDERS:
        pattern = "*" if folder == "." else "**/*"
        for path in (ROOT / folder).glob(pattern):
            if path.is_file() and path.suffix in SOURCE_KINDS and "node_modules" not in path.parts:
                text = path.read_text(errors="ignore")
                words |= {path.stem, *re.findall(r"\w+", text), *IDENTIFIER.findall(text)}
    return words


@pytest.fixture(params=PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def page(request: pytest.FixtureRequest) -> Path:
    """Each page."""
    return request.param


def test_each_file_that_a_page_names_exists(page):
    named = {code for code in code_of(page) if FILE.fullmatch(code)} - MADE_BY_A_RUN
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_each_link_to_a_file_leads_to_a_file(page):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", CODE_BLOCK.sub("", page.read_text()))
    files = [target for target in targets if "://" not in target]
    assert [target for target in files if not (page.parent / target).exists()] == []


def is_name(word: str) -> bool:
    """Whether a word is a name of the code: not a plain word, and no example of a time or a password."""
    return re.search(r"[_A-Z-]", word) is not None and re.search(r"\d", word) is None


def test_each_identifier_that_a_page_names_occurs_in_the_source(page):
    codes = [code for code in code_of(page) if not FILE.fullmatch(code)]
    named = {word for code in codes for word in IDENTIFIER.findall(code) if is_name(word)}
    unknown = named - words_of_the_source() - words_of_code_blocks(page) - FOREIGN_WORDS
    assert sorted(unknown) == []


def has_route(app: Flask, method: str | None, path: str) -> bool:
    """Whether the app serves the path; parameters may be anything."""
    routes = app.url_map.bind("localhost")
    for wanted in [method] if method else METHODS:
        with suppress(HTTPException):
            routes.match(re.sub(r"<\w+>", "1", path), method=wanted)
            return True
    return False


def test_each_route_that_a_page_names_exists(page, sqlite_app):
    named = [ROUTE.fullmatch(code) for code in code_of(page)]
    assert [found[0] for found in named if found and not has_route(sqlite_app, found[1], found[2])] == []


def has_flask_command(app: Flask, name: str, subcommand: str | None) -> bool:
    """Whether `flask` has the command, and the command the subcommand."""
    command = app.cli.commands.get(name)
    has_subcommands = isinstance(command, click.Group)
    return command is not None and (
        not has_subcommands or subcommand is None or subcommand in command.commands
    )


def test_each_flask_command_that_a_page_names_exists(page, sqlite_app):
    named = [re.match(r"flask ([a-z-]+)(?: ([a-z_-]+))?", code) for code in code_of(page)]
    own = words_of_code_blocks(page)  # the guide for extending Midcall shows commands that a reader is to add
    missing = [
        found[0]
        for found in named
        if found and found[2] not in own and not has_flask_command(sqlite_app, found[1], found[2])
    ]
    assert missing == []
