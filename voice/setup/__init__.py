"""Set-up: the checks of `flask doctor`, the webhooks of numbers, and `make run`."""
