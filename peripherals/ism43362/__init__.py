"""The Inventek ISM43362 Wi-Fi module (eS-WiFi), driven with AT commands over SPI.

`link` is its pins and framing, `at` the text, `processor` the command processor with one file for
each group of commands; `module.ISM43362` is the whole.
"""
