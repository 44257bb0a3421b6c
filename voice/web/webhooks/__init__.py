"""The webhooks that Twilio requests."""
