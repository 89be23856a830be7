"""The keywords, a file for each family of them: a call in a suite lands in one of these methods."""
