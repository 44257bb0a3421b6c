"""Midcall: live control for Twilio phone calls."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from voice.config import Config
    from voice.services import Services

DOTENV = Path(__file__).resolve().parent.parent / ".env"
GUNICORN_STOPS = 3  # gunicorn stops, instead of starting a new worker, after this exit code


def create_app(overrides: Mapping[str, str] | None = None, dotenv: Path | None = DOTENV) -> Flask:
    """Build the web app. `overrides` win over the environment, which wins over `.env`.

    Opens no connection. Raises SettingInvalid with one line for the first setting that is missing or malformed.
    """
    from voice import config
    from voice.web import headers, hosts, prefix, sessions
    from voice.web.flask_app import WebApp

    settings = config.load(overrides, dotenv)
    app = WebApp(__name__)
    app.config.update(SECRET_KEY=settings["SECRET_KEY"], MAX_CONTENT_LENGTH=128 * 1024)
    app.config.update(sessions.cookie_settings(settings["PUBLIC_URL"]), BOOTSTRAP_SERVE_LOCAL=True)
    app.url_map.strict_slashes = app.url_map.merge_slashes = False  # no redirect is made from the Host header
    app.json.sort_keys = app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.session_interface = sessions.ConsoleSessions()
    _add_extensions(app, settings)
    headers.register(app, settings["PUBLIC_URL"])
    hosts.register(app, settings["PUBLIC_URL"], settings["ALLOWED_HOSTS"])
    _register(app)
    app.wsgi_app = prefix.PublicPrefix(app.wsgi_app, settings["PUBLIC_URL"])  # type: ignore[method-assign]
    return app


def _add_extensions(app: Flask, settings: Config) -> None:
    """Put the objects that views use into `app.extensions`."""
    from voice.twilio.signature import Signatures
    from voice.web.bearer_guesses import BearerGuesses
    from voice.web.feed import Feed
    from voice.web.live_calls import by_sid
    from voice.web.person_limits import PersonLimits
    from voice.web.stand_in import StandIn
    from voice.web.stream_slots import StreamSlots
    from voice.web.twilio_lookups import TwilioLookups

    services = build_services(settings)
    app.extensions["midcall"] = services
    app.extensions["signatures"] = Signatures(settings["PUBLIC_URL"], settings["TWILIO_AUTH_TOKEN"])
    app.extensions["limits"] = limits = PersonLimits(settings["MAX_EVENT_STREAMS"])
    app.extensions["lookups"] = TwilioLookups(services.twilio.calls.fetch, limits)
    app.extensions["bearer_guesses"] = BearerGuesses(settings, services.registry)
    app.extensions["stand_in"] = StandIn(services)
    streams = settings["MAX_EVENT_STREAMS"] * settings["WEB_CONCURRENCY"]
    slots = StreamSlots(streams, settings["SPOOL_DIR"] / "streams.lock")
    app.extensions["feed"] = Feed(services.registry, slots, partial(by_sid, services))


def _register(app: Flask) -> None:
    """Register routes, guards, error handlers, and the commands of the command line."""
    from flask_bootstrap import Bootstrap5

    from voice import cli
    from voice.web import console, errors, guards, health, session_user
    from voice.web.admin import blueprint as admin
    from voice.web.webhooks import latency
    from voice.web.webhooks import routes as webhooks

    for blueprint in (webhooks.blueprint, admin.build(), health.blueprint, console.blueprint):
        app.register_blueprint(blueprint)
    Bootstrap5(app)
    latency.register(app, latency.Latency(app.extensions["midcall"].registry.figures.add_webhook_times))
    session_user.register(app)
    guards.register(app)
    errors.register(app)
    cli.register(app)


def build_services(config: Config) -> Services:
    """Build the services for a configuration. Opens no connection. Raises SettingInvalid for an unknown scene."""
    from voice.commands import all_commands
    from voice.registry import Registry
    from voice.registry.engine.recorder import Recorder
    from voice.registry.engine.spool import Spool
    from voice.rules import all_rules
    from voice.scenes import all_scenes
    from voice.services import Services
    from voice.twilio.account import TwilioAccount

    registry, scenes = Registry(config["DATABASE_URL"], config["SPOOL_DIR"]), all_scenes()
    _check_scenes(config, scenes)
    return Services(
        config=config,
        registry=registry,
        twilio=TwilioAccount(config),
        scenes=scenes,
        rules=all_rules(),
        recorder=Recorder(registry.record, Spool(config["SPOOL_DIR"])),
        commands=all_commands(),
    )


def _check_scenes(config: Config, scenes: Collection[str]) -> None:
    from voice.errors import SettingInvalid

    for setting, names in (("START_SCENE", [config["START_SCENE"]]), ("NUMBERS", config["NUMBERS"].values())):
        for name in names:
            if name not in scenes:
                choices = ", ".join(scenes)
                raise SettingInvalid(f"{setting} names an unknown scene, {name!r}. Choose one of: {choices}.")


def start() -> Flask:
    """Build the web app for an entry point. An invalid setting ends the process with its one line."""
    from voice.errors import SettingInvalid

    try:
        return create_app()
    except SettingInvalid as error:
        print(error.message, file=sys.stderr)
        raise SystemExit(GUNICORN_STOPS) from None
