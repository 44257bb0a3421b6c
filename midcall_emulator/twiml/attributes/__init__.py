"""Attributes of verbs and nouns, read into the settings of what performs them."""
