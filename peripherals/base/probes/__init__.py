"""What stands beside or between models to report what passes there; nothing else notices it."""
