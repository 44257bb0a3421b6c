"""Plans: commands that run later, once, on whichever worker claims them first."""
