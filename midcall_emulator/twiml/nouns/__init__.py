"""The nouns of TwiML, one module for each."""
