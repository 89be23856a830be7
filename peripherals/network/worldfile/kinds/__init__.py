"""The table of faults, by what they happen to."""
