"""Browsers by name."""

from __future__ import annotations

from voice.web.console.blueprint import blueprint

BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari", "curl": "curl"}
SYSTEMS = ("Android", "iPhone", "Mac OS", "Windows", "Linux")


@blueprint.app_template_filter("browser")
def browser(user_agent: str) -> str:
    """A browser with its system, as `Firefox on Linux`, read from its User-Agent header."""
    name = next((name for mark, name in BROWSERS.items() if mark in user_agent), "")
    system = next((system for system in SYSTEMS if system in user_agent), "")
    return " on ".join(filter(None, (name, system))) or user_agent[:40] or "Unknown browser"
