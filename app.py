"""The WSGI entry, for gunicorn and the flask command."""

from voice import start

app = start()
