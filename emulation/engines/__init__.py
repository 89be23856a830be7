"""The engines that run a board: the embedded one and Renode."""
