"""The emulator for tests: a client of its control API and of Twilio's REST API, in pure Python."""

from midcall_emulator.client.emulator import Emulator
from midcall_emulator.client.errors import EmulatorError, WaitTimeout
from midcall_emulator.client.phone import Phone
from midcall_emulator.client.transcript import transcript

__all__ = ["Emulator", "EmulatorError", "Phone", "WaitTimeout", "transcript"]
