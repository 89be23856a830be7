"""What an RTOS keeps in memory, read by the symbols of its image."""
