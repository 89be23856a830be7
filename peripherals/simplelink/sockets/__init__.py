"""The socket silo: its commands and events (SimpleLink SDK, source/sl_socket.c; sl_socket.h)."""
