"""The world around the boards: access points, names, servers in it, the bridge to the host."""
