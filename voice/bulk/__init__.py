"""Bulk runs: one command for many calls, previewed by an operator, run by the workers, reported call by call."""
