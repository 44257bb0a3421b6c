"""Sound and what listens to it: recordings, streams, transcriptions, SIPREC."""
