"""Twilio: its REST API and its webhook signatures. No other package talks to Twilio."""
