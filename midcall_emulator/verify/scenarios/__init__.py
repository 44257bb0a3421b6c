"""The scenarios: one question to Twilio in each file. A new file takes part without an entry in any list."""
