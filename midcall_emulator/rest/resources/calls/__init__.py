"""Calls and their subresources."""
