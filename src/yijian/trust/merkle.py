"""The hash tree of RFC 9162 (section 2.1; the same as RFC 6962's): one hash stands for a whole log, in its order.

Leaves are numbered from 0. A tree of n leaves has the same root whoever computes it; a short list of hashes proves that
some of the leaves are in it (inclusion), or that a later tree begins with all of an earlier one (consistency).

    frontier = Frontier();  frontier.append(leaf_hash(data));  frontier.root()     appending, O(log n) memory
    [root_of(leaves[a:b]) for a, b in inclusion_ranges(7, 8, size)]                a proof, from ranges of leaves

Hashes are SHA-256, 32 bytes. Proofs name ranges of leaves first, so that whoever holds the leaves reads each only once.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

HASH_BYTES = 32
MOST = 1 << 62
"""Leaves of the largest tree that is looked at: what comes from a file cannot make the recursion deeper than that."""

Range = tuple[int, int]
"""Leaves from the first number up to, without, the second."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry. The byte before it keeps entries and inner nodes apart."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """What of a growing tree must be kept to go on: the roots of its perfect subtrees, largest first (one a 1-bit of `size`)."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list[bytes])

    def append(self, leaf: bytes) -> None:
        """Add one leaf's hash on the right."""
        done = self.size
        while done & 1:  # the new leaf completes a subtree as often as the size ends in 1s
            leaf = node_hash(self.peaks.pop(), leaf)
            done >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree so far."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        whole = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            whole = node_hash(peak, whole)
        return whole

    def packed(self) -> bytes:
        """The peaks one after the other; with `size` all that `unpacked` needs."""
        return b"".join(self.peaks)

    @classmethod
    def unpacked(cls, size: int, packed: bytes) -> "Frontier":
        """The frontier that was packed. ValueError where the bytes cannot belong to a tree of this size."""
        if size < 0 or len(packed) != HASH_BYTES * size.bit_count():
            raise ValueError("these are not the peaks of a tree of this size")
        return cls(size, [packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)])


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root of a tree of these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _cut(low: int, high: int) -> int:
    """Where a tree of two or more leaves divides: its left part is the largest power of two smaller than the whole."""
    return low + (1 << ((high - low - 1).bit_length() - 1))


def inclusion_ranges(first: int, last: int, size: int) -> list[Range]:
    """The ranges whose roots prove that leaves first … last-1 stand in a tree of `size`.

    For one leaf it is RFC 9162's inclusion proof, in its order. ValueError unless 0 ≤ first < last ≤ size.
    """
    if not 0 <= first < last <= size <= MOST:
        raise ValueError("no such leaves")

    def beside(low: int, high: int) -> Iterator[Range]:
        if first <= low and high <= last:
            return
        cut = _cut(low, high)
        if first < cut:
            yield from beside(low, cut)
        if last > cut:
            yield from beside(cut, high)
        if last <= cut:
            yield cut, high
        if first >= cut:
            yield low, cut

    return list(beside(0, size))


def is_included(leaves: Sequence[bytes], first: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that these leaf hashes are numbers first … of the tree with this size and root."""
    last = first + len(leaves)
    if not 0 <= first < last <= size <= MOST:
        return False
    rest = iter(proof)

    def rebuilt(low: int, high: int) -> bytes:
        if first <= low and high <= last:
            return root_of(leaves[low - first : high - first])
        cut = _cut(low, high)
        left = rebuilt(low, cut) if first < cut else b""
        right = rebuilt(cut, high) if last > cut else b""
        return node_hash(left or next(rest), right or next(rest))

    try:
        return rebuilt(0, size) == root and next(rest, None) is None
    except StopIteration:
        return False


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges whose roots prove that a tree of `new` leaves begins with the tree of its first `old`, in RFC 9162's order.

    Nothing need be proven where one is empty or both are equal. ValueError unless 0 ≤ old ≤ new.
    """
    if not 0 <= old <= new <= MOST:
        raise ValueError("the later tree is the smaller one")

    def parts(low: int, high: int, *, known: bool) -> Iterator[Range]:
        if old == high:
            if not known:  # the verifier has the root of the old tree, but not of its right-most subtrees
                yield low, high
            return
        cut = _cut(low, high)
        if old <= cut:
            yield from parts(low, cut, known=known)
            yield cut, high
        else:
            yield from parts(cut, high, known=False)
            yield low, cut

    return list(parts(0, new, known=True)) if old else []


def is_continuation(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree (new, new_root) begins with all of the tree (old, old_root)."""
    if not 0 <= old <= new <= MOST:
        return False
    if old == 0:
        return not proof and old_root == root_of(())
    rest = iter(proof)

    def rebuilt(low: int, high: int, *, known: bool) -> tuple[bytes, bytes]:
        """The roots of what the old and the new tree have in low … high."""
        if old == high:
            whole = old_root if known else next(rest)
            return whole, whole
        cut = _cut(low, high)
        if old <= cut:
            was, now = rebuilt(low, cut, known=known)
            return was, node_hash(now, next(rest))
        was, now = rebuilt(cut, high, known=False)
        left = next(rest)
        return node_hash(left, was), node_hash(left, now)

    try:
        return rebuilt(0, new, known=True) == (old_root, new_root) and next(rest, None) is None
    except StopIteration:
        return False
