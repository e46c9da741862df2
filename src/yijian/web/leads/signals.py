"""What apps above are told, inside the transaction of the action."""

from django.dispatch import Signal

closed = Signal()
"""A lead has ended. Arguments: lead, when."""
