"""The SimpleLink network processor (NWP) of the CC3220SF: link, messages, and what answers them.

`link` is where the host's 32-bit words meet it, `messages` are the host protocol as values,
`processor` finds the command's handler in its silo: `device`, `wlan`, `sockets`, `netapp`,
`netcfg`, `files`, `netutil`. `module` is the whole.
"""
