"""Numbers of rows: national-looking digits, unique in the city, known before a row is written."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yijian.city.catalogue import Ints

PERSON = 9_999_990_000_000_000
MDTRT, SETL, LINE, DIAG, OPRN = (n * 10**15 for n in (1, 2, 3, 5, 6))
RX = 4 * 10**16
INVOICE = 77 * 10**15
STOCK, CHANGE, PURCHASE, SALE, TRACE = (n * 10**15 for n in (71, 72, 73, 74, 75))
RELATION, REGISTRATION = 8 * 10**15, 76 * 10**15
REIMBURSEMENT, CLEARING, DISBURSEMENT, LOG, CONTRIBUTION, ABSENCE = (n * 10**15 for n in (78, 81, 82, 83, 84, 85))
ASSESSMENT, CARE_PLAN, CARE_VISIT = (n * 10**15 for n in (86, 87, 88))
PER_DISTRICT = 10**9
REFUND = 5 * 10**8
"""Settlement numbers of a district from here on are refunds."""


def text(numbers: Ints) -> pa.Array:
    """Numbers as text; negative = missing."""
    return pc.cast(pa.array(numbers, mask=numbers < 0), pa.string())


def settlement(district: int, setl: Ints) -> Ints:
    """Of an encounter (0 …) or of a refund (-1 - index)."""
    base = SETL + district * PER_DISTRICT
    return np.where(setl >= 0, base + setl, base + REFUND - 1 - setl)
