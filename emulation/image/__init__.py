"""Firmware images: bytes, symbols, libraries inside, and reports of crashes."""
