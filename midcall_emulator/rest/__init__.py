"""Twilio's REST API (https://www.twilio.com/docs/voice/api). A new file in ``resources/`` adds operations."""
