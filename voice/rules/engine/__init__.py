"""How rules work: conditions and steps, the rulebook, and their application to calls."""
