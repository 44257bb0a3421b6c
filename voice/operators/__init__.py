"""The people who use Midcall: roles, passwords, sign-in."""
