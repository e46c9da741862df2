"""What apps above are told, inside the transaction of the action."""

from django.dispatch import Signal

closed = Signal()
"""A lead has ended. Arguments: lead, when."""

merged_into_closed = Signal()
"""What another lead came from has the result of one that ended before. Arguments: lead (the one that ended), when."""
