"""Setting Midcall up: the checks of `flask doctor`, and `make run`."""
