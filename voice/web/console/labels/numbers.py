"""Numbers with a comma for thousands, and counts with their noun."""

from __future__ import annotations

from voice.web.console.blueprint import blueprint


@blueprint.app_template_filter("grouped")
def grouped(number: int) -> str:
    """A number with commas, as 1,200."""
    return f"{number:,}"


@blueprint.app_template_filter("count_of")
def count_of(number: int, noun: str) -> str:
    """A count with its noun, as `1 call` or `1,200 calls`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
