"""The worker process: the loop, and one module per duty in `duties/`."""
