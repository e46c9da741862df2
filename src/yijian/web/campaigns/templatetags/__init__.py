"""Words for templates that show campaigns."""
