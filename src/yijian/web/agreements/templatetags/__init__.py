"""Words for templates that show measures under agreements."""
