"""The nouns inside Dial, Start and Connect, one module for each; a new module is a new noun."""
