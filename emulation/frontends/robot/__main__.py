"""Prints the path of what takes the place of Renode's renode-keywords.robot."""

from renode_wifi.emulation.frontends.robot.renode_test import KEYWORDS

print(KEYWORDS)
