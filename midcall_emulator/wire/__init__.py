"""HTTP between the emulator and an app: webhooks, signatures, caching, faults."""
