"""The parts around the chip on a board, one a file."""
