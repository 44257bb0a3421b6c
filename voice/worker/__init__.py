"""The worker process: the loop and its duties."""
