"""Tests of the boards in real Renode, most of them without Renode."""
