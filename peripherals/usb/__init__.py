"""USB: what passes on a cable, and a host of the world with its drivers of device classes."""
