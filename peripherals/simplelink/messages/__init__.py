"""Messages of the host protocol as values: one silo's a file, parse and emit side by side.

Layouts and names: SimpleLink SDK, source/protocol.h of the host driver, and the headers of its API.
All numbers are little endian; descriptor and payload are each padded to 4 bytes.
"""
