"""Campaigns (专项治理), and the self-inspections that they ask for."""
