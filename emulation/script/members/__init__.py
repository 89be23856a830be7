"""What devices of the monitor can do, with the names and arguments of Renode's."""
