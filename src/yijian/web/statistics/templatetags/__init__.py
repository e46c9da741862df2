"""Words for templates that show statistics."""
