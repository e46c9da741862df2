"""Words for templates that show draws."""
