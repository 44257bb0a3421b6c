"""Calls: placed, dialed, answered and redirected."""
