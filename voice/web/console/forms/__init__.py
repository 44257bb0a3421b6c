"""Forms: fields from a JSON schema, the values that a browser sends, and the time at which a command runs."""
