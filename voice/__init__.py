"""Midcall: live control for Twilio phone calls."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from flask import Flask

DOTENV = Path(__file__).resolve().parent.parent / ".env"
GUNICORN_GIVES_UP = 3  # the exit code of a worker that gunicorn does not start again


def create_app(overrides: Mapping[str, str] | None = None, dotenv: Path | None = DOTENV) -> Flask:
    """The web app. `overrides` win over the environment, which wins over `.env`.

    Opens no connection. Raises SettingWrong with one line about the first setting that is wrong.
    """
    from flask_bootstrap import Bootstrap5

    from voice import cli, config, services
    from voice.twilio import signature
    from voice.web import console, errors, feed, guards, health
    from voice.web.admin import live
    from voice.web.admin import routes as admin
    from voice.web.webhooks import latency
    from voice.web import prefix, sessions, session_user  # isort: skip
    from voice.web.webhooks import routes as webhooks

    settings = config.load(overrides, dotenv)
    app = Flask(__name__)
    app.config.update(SECRET_KEY=settings["SECRET_KEY"], MAX_CONTENT_LENGTH=128 * 1024)
    app.config.update(sessions.cookie_settings(settings["PUBLIC_URL"]), BOOTSTRAP_SERVE_LOCAL=True)
    app.url_map.strict_slashes = False
    app.json.sort_keys = app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.session_interface = sessions.ConsoleSessions()
    app.extensions["midcall"] = built = services.build(settings)
    app.extensions["signatures"] = signature.Signatures(settings["PUBLIC_URL"], settings["TWILIO_AUTH_TOKEN"])
    calls_of_events = partial(live.by_sid, built)
    app.extensions["feed"] = feed.Feed(built.registry, settings["MAX_EVENT_STREAMS"], calls_of_events)
    for module in (webhooks, admin, health, console):
        app.register_blueprint(module.blueprint)
    Bootstrap5(app)
    latency.register(app, latency.Latency(built.registry.figures.add_webhook_times))
    session_user.register(app)
    guards.register(app)
    errors.register(app)
    cli.register(app)
    app.wsgi_app = prefix.PublicPrefix(app.wsgi_app, settings["PUBLIC_URL"])  # type: ignore[method-assign]
    return app


def start() -> Flask:
    """The web app for an entry point: a setting that is wrong ends the process with its one line."""
    from voice.errors import SettingWrong

    try:
        return create_app()
    except SettingWrong as error:
        print(error.message, file=sys.stderr)
        raise SystemExit(GUNICORN_GIVES_UP) from None
