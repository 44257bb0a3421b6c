"""The engine of rules: conditions and steps, the rulebook that operators edit, and the application to calls."""
