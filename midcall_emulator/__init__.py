"""A Twilio Voice of our own: executes TwiML, sends signed webhooks, lets live calls be changed over REST."""
