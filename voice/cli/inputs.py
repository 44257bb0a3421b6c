"""Parsers of options, as callbacks of click. A value that cannot be parsed is a usage error, exit code 2."""

from __future__ import annotations

from typing import Any

import click

from voice.errors import Malformed
from voice.validation import parse_json


def parse_pairs(_context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """A dictionary from a repeated NAME=VALUE."""
    malformed = [pair for pair in pairs if "=" not in pair]
    if malformed:
        raise click.BadParameter(f"Enter NAME=VALUE, not {malformed[0]!r}.")
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def parse_json_option(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """The value of a JSON text; None if the option is not given."""
    if text is None:
        return None
    try:
        return parse_json(text)
    except Malformed as error:
        raise click.BadParameter(error.message) from None


def parse_heads(_context: click.Context, _option: click.Parameter, heads: tuple[str, ...]) -> dict[int, str]:
    """The hashes of audit entries by id, from a repeated ID:HASH."""
    pairs = [head.partition(":") for head in heads]
    malformed = [head for head, (number, _, _) in zip(heads, pairs, strict=True) if not number.isdecimal()]
    if malformed:
        raise click.BadParameter(f"Enter ID:HASH, as `flask audit verify` prints it, not {malformed[0]!r}.")
    return {int(number): found for number, _, found in pairs}
