"""The installation's keys, and what it signs with them: certificates, evidence packs. Knows no claims."""
