"""Training, promises, publicity."""
