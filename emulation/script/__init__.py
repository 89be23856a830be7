"""What a monitor script (`.resc`) means: tokens, interpreter, commands, devices."""
