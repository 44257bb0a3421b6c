"""Conferences and their subresources."""
