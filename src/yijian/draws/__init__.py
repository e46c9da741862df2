"""Draws that anybody can recompute: institutions, inspectors, experts and assessors by one mechanism.

`frozen` is the list before the draw, `bodies` the commitments and secrets of those who take part, `deriving` the draw itself,
`record` the file that proves it. The bytes are described in docs/draws.md; needs nothing but a hash function.
"""
