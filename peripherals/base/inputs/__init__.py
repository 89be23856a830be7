"""What a board measures: quantities of the world, and their course over virtual time."""
