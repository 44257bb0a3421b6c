"""Switches of verbs that speak, play, pay or lead on."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class DocumentSwitches:
    """Switches of verbs that speak, play, pay or lead on; a part of ``Switches``."""

    say_characters_per_second: float = switch(15.0, "how fast Say speaks", "emulator")
    play_default_seconds: float = switch(10.0, "length of audio whose length cannot be read", "emulator")
    play_strict_content_type: bool = switch(
        False, "Play skips a file whose content type is not audio (13420), instead of playing it", "undecided"
    )
    assume_remote_media: bool = switch(
        True, "audio on hosts other than the app's is assumed to exist and is not fetched", "emulator"
    )
    say_loop_cap: int = switch(
        1000,
        "repetitions of Say loop=0; 0: endless",
        "official",
        "docs/voice/twiml/say#loop: 1000 iterations",
    )
    play_loop_cap: int = switch(
        1000,
        "repetitions of Play loop=0; 0: endless",
        "official",
        "docs/voice/twiml/play#loop: 1000 iterations",
        lenient=0,
    )
    pause_only_answers: bool = switch(
        True, "a document with nothing but Pause answers the call after it", "undecided"
    )
    silence_before_answer: bool = switch(
        True, "a Pause before the call is answered is listed as heard silence", "emulator"
    )
    empty_redirect: str = switch(
        "error",
        "an empty Redirect: 'error', or 'loop' to request the same document",
        "undecided",
        "docs/voice/twiml/redirect says that it loops; error 11100 says that it fails",
    )
    max_documents_at_once: int = switch(
        100, "documents in a row that take no time, before the call is ended", "emulator"
    )
    payment_connector: str = switch(
        "approve", "what a payment connector does: 'approve' or 'decline'", "emulator"
    )
    pay_action_on_failure: bool = switch(
        True,
        "a Pay without attempts left requests its action; False: the next verb runs",
        "undecided",
        "docs/voice/twiml/pay says both",
    )
    connect_action_on_redirect: bool = switch(
        False, "a Connect that a REST update interrupts requests its action", "undecided"
    )
