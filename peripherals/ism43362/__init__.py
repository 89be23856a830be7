"""The Inventek ISM43362 Wi-Fi module (eS-WiFi), driven with AT commands over SPI.

`link` is where SPI words and pins meet the module (an engine may exchange runs of words by itself:
`base/stream.py`), `messages` are the AT commands and replies as values, `processor` finds the
command's handler, of which each group has a file; `module` is the whole.
"""
