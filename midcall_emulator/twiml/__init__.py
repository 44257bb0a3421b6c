"""TwiML: documents, and the verbs that perform them on a call."""
