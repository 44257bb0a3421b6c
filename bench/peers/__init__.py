"""The same job, written the way it is usually written elsewhere."""
