"""What apps above are told, inside the transaction of the action."""

from django.dispatch import Signal

decided = Signal()
"""A case has its decision. Arguments: case, decision, when."""

served = Signal()
"""The decision has reached the party. Arguments: case, decision, day, when."""
