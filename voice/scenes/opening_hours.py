"""When somebody is there: told on request, and told to those who call at another time."""

from twilio.twiml.voice_response import VoiceResponse

from voice.config import Config
from voice.events import now
from voice.scenes.scene import Params, Visit, scene
from voice.setting_values import OpeningHours

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def is_open(config: Config) -> bool:
    """True within OPENING_HOURS in TIMEZONE."""
    hours: OpeningHours = config["OPENING_HOURS"]
    local = now().astimezone(config["TIMEZONE"])
    return local.weekday() in hours.days and hours.opens <= local.hour * 60 + local.minute < hours.closes


def _in_words(hours: OpeningHours) -> str:
    if len(hours.days) == 7 and hours.closes - hours.opens == 24 * 60:
        return "We are here at any time, every day of the week."
    first, last = DAYS[hours.days[0]], DAYS[hours.days[-1]]
    opens, closes = (f"{minutes // 60}:{minutes % 60:02}" for minutes in (hours.opens, hours.closes))
    return f"We are here {first} to {last}, from {opens} to {closes}."


@scene("Opening hours", same_for_all=True)
def opening_hours(visit: Visit, _params: Params) -> VoiceResponse:
    """Say when somebody is there, then back to the menu."""
    response = VoiceResponse()
    response.say(_in_words(visit.config["OPENING_HOURS"]))
    response.redirect(visit.url("menu"))
    return response


@scene("Closed", same_for_all=True)
def closed(visit: Visit, _params: Params) -> VoiceResponse:
    """Say that nobody is there and when somebody will be, then take a message."""
    response = VoiceResponse()
    response.say(f"Nobody is here at the moment. {_in_words(visit.config['OPENING_HOURS'])}")
    response.redirect(visit.url("voicemail"))
    return response
