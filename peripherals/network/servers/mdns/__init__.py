"""Hosts that are found by multicast DNS."""
