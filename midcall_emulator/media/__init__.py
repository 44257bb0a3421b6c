"""Audio of calls, and what listens to it: recordings, streams, transcriptions, SIPREC, ConversationRelay."""
