"""World files: their typed models, how they are read, and what is said of mistakes."""
