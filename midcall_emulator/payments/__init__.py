"""Payments: card details, and sessions that an agent guides."""
