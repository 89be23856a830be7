"""What a radio sees of the world: stations, streams, datagrams, and what the world says of it."""
