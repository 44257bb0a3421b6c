"""Midcall's gunicorn settings without the hooks, which need Midcall."""

from runpy import run_path

globals().update((name, value) for name, value in run_path("gunicorn.conf.py").items() if not callable(value))
