"""AT commands and replies as values: one family of commands per file, parse and emit side by side.

Source: Inventek, "eS-WiFi AT Command Set"; where that is silent, the drivers that read the text.
"""
