"""The module's four sockets: their commands, connections, servers and datagrams."""
