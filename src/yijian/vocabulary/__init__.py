"""The words that every part uses: errors, where things stand, code tables, days and money. Imports nothing of ours."""
