"""The verbs, one file for each; adding a verb touches that file only."""

from __future__ import annotations

from importlib import import_module

_FILES = (
    "prompts",
    "gather",
    "record",
    "flow",
    "dial",
    "enqueue",
    "forks",
    "listeners",
    "connect",
    "refer",
    "pay",
    "unperformed",
)


def load() -> None:
    """Import every verb's file."""
    for name in _FILES:
        import_module(f"midcall_emulator.twiml.verbs.{name}")
