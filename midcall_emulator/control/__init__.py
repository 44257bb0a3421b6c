"""The control API: callers, clock, faults, switches and events, as JSON. A new file in ``actions/`` adds actions."""
