"""Extrapolations."""
