"""Bluetooth in the world."""
