"""Bluetooth Low Energy in the world: who advertises, who connects, and the attributes they have."""
