"""Words for templates that show extrapolations."""
