"""Where the serial ports of a board end on this host: sockets, pseudo-terminals, files, streams."""
