"""Operators: roles, bearer tokens, passwords, sign-in links, and sign-in to the console."""
