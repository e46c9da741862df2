"""Claims: the tables by their national names, reading and checking files, the lake, the identity vault."""
