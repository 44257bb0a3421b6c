"""How calls are placed, dialed, redirected and answered."""
