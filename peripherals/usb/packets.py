# ironpython: executed by Renode
"""What passes between a USB host and a device on one full-speed cable (USB 2.0 sections 7 and 8).

A device has these methods, which a host calls; none takes time:

- `set_vbus(level)`: the cable is plugged in or out;
- `reset_bus()` and `end_reset()`: SE0 of a reset, and its end; `start_frame()`: a start of frame;
- `setup(address, data)`: a SETUP transaction; returns whether the device acknowledged it;
- `receive(address, endpoint, pid, data)`: an OUT transaction; returns ACK, NAK, STALL or SILENT;
- `transmit(address, endpoint)`: an IN transaction; returns (DATA0 or DATA1, bytes) or (NAK, b""),
  (STALL, b""), (SILENT, b"").

A host has `on_pull_up(level)`, for the pull-up of D+ by which a device shows itself, and
`on_ready()`, called after an endpoint that had answered NAK may answer otherwise; `frame` is the
number of the frame under way.
"""

# Packet identifiers, as DPID of the controller's registers has them.
DATA0 = 0
DATA1 = 2

# Other answers to a transaction.
ACK = "ACK"
NAK = "NAK"
STALL = "STALL"
SILENT = ""
"""No answer at all: it is another's address, or the endpoint isn't active."""
