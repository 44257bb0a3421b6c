"""An emulator of Twilio Voice: it executes TwiML, sends signed webhooks, and offers Twilio's REST API."""
