"""The keywords, a file for each family of them."""
