"""Validation of input, the same for the API, the command line and the forms of the console."""

from voice.validation.json_text import parse_json, storage_problem
from voice.validation.model_input import REQUIRED, Pattern, as_sentence, invalid, problem_text, validate

__all__ = [
    "REQUIRED",
    "Pattern",
    "as_sentence",
    "invalid",
    "parse_json",
    "problem_text",
    "storage_problem",
    "validate",
]
