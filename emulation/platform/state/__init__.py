"""A machine's state as data: encoded, framed, checked and decoded. Nothing in it is executed."""
