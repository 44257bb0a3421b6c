"""Conferences that commands make and keep: promotion of a talk, participants, labels."""
