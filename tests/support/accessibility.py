"""Accessibility checks of a page with axe-core (https://github.com/dequelabs/axe-core)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.npm import Unreachable, npm_file
from tests.support.skips import left_out

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = "axe-core@4.14.1"
_SERIOUS = {"serious", "critical"}
_ANIMATIONS_DONE = """Promise.allSettled(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished))"""


def serious_findings(page: Page) -> list[str]:
    """The serious findings in the light and in the dark theme: rule, element, and problem."""
    try:
        axe = npm_file(_AXE, "package/axe.min.js").read_text()
    except Unreachable as error:
        left_out(f"axe-core: {error}")
    page.evaluate(axe)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(_ANIMATIONS_DONE)  # colors in the middle of a transition are no finding
        for violation in page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
            if violation["impact"] in _SERIOUS:
                places = [node["failureSummary"] + " " + node["html"] for node in violation["nodes"]]
                found.append("\n".join([f"{scheme}: {violation['id']}: {violation['help']}", *places]))
    return found
