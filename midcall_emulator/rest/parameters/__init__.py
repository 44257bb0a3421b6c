"""Parameters that several operations have in common. An invalid value is a RestError with Twilio's code."""
