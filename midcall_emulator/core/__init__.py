"""The base of the emulated phone network: clock, events, calls, people and numbers."""
