"""The verbs of TwiML, one module for each; a new module is a new verb."""
