"""What a model has under way until a moment, and an engine may end by itself."""
