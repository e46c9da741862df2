"""Words for templates that show activities."""
