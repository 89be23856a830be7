"""SPBTLE-RF on a rig."""
