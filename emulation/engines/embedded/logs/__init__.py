"""What the core notes of a run, for observers that look at it later."""
