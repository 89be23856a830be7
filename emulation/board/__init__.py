"""A running board as a test drives it: consoles, waiting, snapshots."""
