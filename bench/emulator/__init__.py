"""The emulator on one core: webhooks per second, live calls, and an hour of music."""
