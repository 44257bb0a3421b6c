"""The opening hours: on request from the menu, and for callers outside of them."""

from twilio.twiml.voice_response import VoiceResponse

from voice.config import Config
from voice.events import now
from voice.scenes import Params, Visit, scene
from voice.setting_values import OpeningHours

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def is_open(config: Config) -> bool:
    """True within OPENING_HOURS in TIMEZONE."""
    hours: OpeningHours = config["OPENING_HOURS"]
    local = now().astimezone(config["TIMEZONE"])
    return local.weekday() in hours.days and hours.opens <= local.hour * 60 + local.minute < hours.closes


def _in_words(hours: OpeningHours) -> str:
    if len(hours.days) == 7 and hours.closes - hours.opens == 24 * 60:
        return "We are open 24 hours a day, seven days a week."
    first, last = DAYS[hours.days[0]], DAYS[hours.days[-1]]
    opens, closes = (f"{minutes // 60}:{minutes % 60:02}" for minutes in (hours.opens, hours.closes))
    return f"We are open {first} to {last}, from {opens} to {closes}."


@scene("Opening hours", same_for_all=True)
def opening_hours(visit: Visit, _params: Params) -> VoiceResponse:
    """Say the opening hours, then return to the menu."""
    response = VoiceResponse()
    response.say(_in_words(visit.config["OPENING_HOURS"]))
    response.redirect(visit.url("menu"))
    return response


@scene("After-hours message", same_for_all=True)
def closed(visit: Visit, _params: Params) -> VoiceResponse:
    """Say that the office is closed and when it opens, then offer the voicemail."""
    response = VoiceResponse()
    response.say(f"We are closed at the moment. {_in_words(visit.config['OPENING_HOURS'])}")
    response.redirect(visit.url("voicemail"))
    return response
