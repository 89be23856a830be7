"""The Robot Framework library: Renode's keywords, and this package's own."""
