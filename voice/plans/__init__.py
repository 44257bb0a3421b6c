"""Commands that run later: plans, and the times at which they run."""
