"""What a board has beside the blocks of its chip's manual, by the names that Renode gives it."""
