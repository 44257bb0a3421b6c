"""The verbs, one file for each; adding a verb touches that file only."""

from __future__ import annotations

from importlib import import_module

_FILES = (
    "play",
    "gather",
    "record",
    "redirect",
    "dial",
    "enqueue",
    "start",
    "connect",
    "refer",
    "pay",
    "unsupported",
)


def load() -> None:
    """Import every verb's file."""
    for name in _FILES:
        import_module(f"midcall_emulator.twiml.verbs.{name}")
    import_module("midcall_emulator.twiml.nouns.start_recording")
