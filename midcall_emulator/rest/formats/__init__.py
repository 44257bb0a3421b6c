"""Formats of responses: JSON, XML and CSV, and pages of lists."""
