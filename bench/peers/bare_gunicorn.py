"""Midcall's own gunicorn settings without its hooks, which need Midcall itself."""

from runpy import run_path

globals().update((name, value) for name, value in run_path("gunicorn.conf.py").items() if not callable(value))
