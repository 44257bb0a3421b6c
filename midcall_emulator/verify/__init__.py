"""The kit that asks Twilio itself: it runs short calls on a real account and compares them with the emulator."""
