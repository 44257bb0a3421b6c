"""Conferences and their participants."""
