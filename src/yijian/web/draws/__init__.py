"""Random draws on the desk. See README.md."""
