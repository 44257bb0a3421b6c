"""The labels of the console: how states, times, commands, arguments, and rules are worded on the pages."""
