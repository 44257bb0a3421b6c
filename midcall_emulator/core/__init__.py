"""The parts of a phone network: the clock, calls, people and numbers."""
