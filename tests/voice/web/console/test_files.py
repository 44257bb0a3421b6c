"""Scripts, styles, and templates: small, from this host, and nothing inline, as the content security policy demands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import voice

FOLDER = Path(voice.__file__).parent
OWN_FILES = [path for path in (FOLDER / "static" / "console").rglob("*") if path.suffix in (".js", ".css")]
LABELS = sorted((FOLDER / "web" / "console").rglob("*.py"))
SCRIPTS = [path for path in OWN_FILES if path.suffix == ".js"]
TEMPLATES = sorted((FOLDER / "templates" / "console").glob("*.html"))
LIMIT = 100_000  # bytes
FOREIGN = ("btn-", "form-", "u-")  # classes of Bootstrap and uPlot
NUMBERED = re.compile(r"-\d$")  # a template adds the number, as in `depth-{{ … }}`


def by_name(path: Path) -> str:
    return path.name


def without_comments(path: Path) -> str:
    return re.sub(
        r"//.*|/\*.*?\*/|\{#.*?#\}",
        "",
        path.read_text().replace("://", ":SLASHES"),
        flags=re.DOTALL if path.suffix == ".css" else 0,
    ).replace(":SLASHES", "://")


def test_scripts_and_styles_stay_below_the_limit():
    assert len(OWN_FILES) > 10
    assert sum(path.stat().st_size for path in OWN_FILES) < LIMIT


@pytest.mark.parametrize("path", [*OWN_FILES, *TEMPLATES], ids=by_name)
def test_no_file_names_another_host(path):
    assert re.findall(r"https?://(?!www\.w3\.org/)[^\s\"'<]+", without_comments(path)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=by_name)
def test_templates_have_nothing_inline(path):
    text = path.read_text()
    assert re.findall(r"<style|<\w[^{>]*\sstyle=|\son[a-z]+=|javascript:", text) == []
    for script in re.findall(r"<script[^>]*>", text):
        assert " src=" in script or 'type="application/json"' in script, script


@pytest.mark.parametrize("path", SCRIPTS, ids=by_name)
def test_scripts_make_no_html_of_text(path):
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert re.findall(unsafe, path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=by_name)
def test_every_post_form_carries_the_csrf_token(path):
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL):
        assert "csrf()" in form, form[:120]


def test_every_class_in_a_style_sheet_is_used():
    """A style for a renamed class would be dead."""
    sheets = "".join(re.sub(r"/\*.*?\*/", "", path.read_text()) for path in OWN_FILES if path not in SCRIPTS)
    used = "".join(path.read_text() for path in [*TEMPLATES, *SCRIPTS, *LABELS])
    classes = set(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", sheets))
    own = {NUMBERED.sub("", name) for name in classes if not name.startswith(FOREIGN)}
    unused = {name for name in own if not re.search(rf"\b{name}\b", used)}
    assert unused == set()
