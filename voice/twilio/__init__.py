"""The only package that talks to Twilio: its REST API and its signatures."""
