"""What pages are made of: small, from here, and nothing inline that the content security policy would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import voice

FOLDER = Path(voice.__file__).parent
OURS = [path for path in (FOLDER / "static" / "console").rglob("*") if path.suffix in (".js", ".css")]
TEMPLATES = sorted((FOLDER / "templates" / "console").glob("*.html"))
MOST = 100_000  # bytes


def named(path: Path) -> str:
    return path.name


def test_our_own_scripts_and_styles_are_small():
    assert len(OURS) > 10
    assert sum(path.stat().st_size for path in OURS) < MOST


@pytest.mark.parametrize("path", [*OURS, *TEMPLATES], ids=named)
def test_nothing_comes_from_another_host(path):
    assert re.findall(r"https?://(?!www\.w3\.org/)[^\s\"'<]+", without_comments(path)) == []


def without_comments(path: Path) -> str:
    return re.sub(
        r"//.*|/\*.*?\*/|\{#.*?#\}",
        "",
        path.read_text().replace("://", ":SLASHES"),
        flags=re.DOTALL if path.suffix == ".css" else 0,
    ).replace(":SLASHES", "://")


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_nothing_is_inline(path):
    text = path.read_text()
    assert re.findall(r"<style|<\w[^{>]*\sstyle=|\son[a-z]+=|javascript:", text) == []
    for script in re.findall(r"<script[^>]*>", text):
        assert " src=" in script or 'type="application/json"' in script, script


@pytest.mark.parametrize("path", [path for path in OURS if path.suffix == ".js"], ids=named)
def test_no_script_makes_html_of_text(path):
    assert (
        re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", path.read_text()
        )
        == []
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_form_that_changes_something_carries_the_token(path):
    text = path.read_text()
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert "csrf()" in form, form[:120]
