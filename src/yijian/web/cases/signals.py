"""What apps above are told, inside the transaction of the action."""

from django.dispatch import Signal

served = Signal()
"""A decision has reached its party. Arguments: case, day, when."""
