"""Callers by script: many people who dial an app's number, each doing what a scenario says."""
