"""Estimates from samples."""
