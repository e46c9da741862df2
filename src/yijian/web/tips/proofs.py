"""Proof of work for the public form: a script does it while the tipster writes; whoever has no scripts waits instead.

One puzzle is: a number n for which PBKDF2-HMAC-SHA-256(password = the form's token, salt = "place:n", ROUNDS) begins with ZEROS
zero bits. PBKDF2, and not a bare hash, because a browser has it in native code: a flood's own program is then only a little
faster than a phone. Several small puzzles instead of one great one, because their sum hardly varies. `static/tips/proof.js` is
the other side.
"""

import hashlib

ROUNDS, ZEROS = 2000, 5
"""On average 32 tries of 2,000 rounds for a puzzle: about 64,000 rounds."""
LARGEST = 5000
"""No honest n is as large: one puzzle in 10^69 would need it."""


def solves(token: str, proof: str, puzzles: int) -> bool:
    """Whether proof ("n,n,…", one number a puzzle) is right. Stops at the first that is wrong: a bad proof costs us one try."""
    numbers = proof.split(",")
    return len(numbers) == puzzles and all(_solved(token, place, n) for place, n in enumerate(numbers))


def _solved(token: str, place: int, number: str) -> bool:
    if not (number.isascii() and number.isdecimal() and len(number) <= len(str(LARGEST))):
        return False
    made = hashlib.pbkdf2_hmac("sha256", token.encode(), f"{place}:{number}".encode(), ROUNDS, dklen=32)
    return made[0] >> (8 - ZEROS) == 0
