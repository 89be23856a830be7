"""The world around the boards: access points, names, servers inside it, and the bridge to the host."""
