"""Many at once: a command for a selection of calls, previewed, run by the worker, told of call by call."""
