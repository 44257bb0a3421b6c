"""How a command runs: base classes, the runner, confirmation, and the URLs that a call may be sent to."""
