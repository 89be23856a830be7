"""Prints the path of what takes the place of Renode's renode-keywords.robot."""

from pathlib import Path

print(Path(__file__).with_name("renode-keywords.robot"))
