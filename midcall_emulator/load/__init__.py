"""Load tests: many callers who dial an app's number and follow a scenario."""
