"""Queues and their members."""
