"""Table forms as data."""
