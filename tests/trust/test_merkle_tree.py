"""The hash tree against its plain definition, the verification steps of RFC 9162, and the vectors of Certificate Transparency."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yijian.trust.merkle import (
    Frontier,
    consistency_ranges,
    inclusion_ranges,
    is_continuation,
    is_included,
    leaf_hash,
    root_of,
)

DATA = [
    bytes.fromhex(d) for d in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The trees of the first 0 … 8 of DATA, as every Certificate Transparency implementation tests them."""

LEAVES = [leaf_hash(b"%d" % n) for n in range(70)]
sizes = st.integers(1, len(LEAVES))


def plain_root(leaves):
    """The definition of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:cut]) + plain_root(leaves[cut:])).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def rfc_inclusion(leaf, index, size, path, root):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def rfc_consistency(first, second, first_hash, second_hash, path):
    """RFC 9162, section 2.1.4.2, for first < second."""
    if not path:
        return False
    path = [first_hash, *path] if first & (first - 1) == 0 else list(path)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_hash and sr == second_hash


def proof(ranges):
    return [root_of(LEAVES[a:b]) for a, b in ranges]


@pytest.mark.parametrize("size", range(9))
def test_the_vectors_of_certificate_transparency(size):
    assert root_of(map(leaf_hash, DATA[:size])).hex() == ROOTS[size]


@given(st.integers(0, len(LEAVES)))
def test_a_grown_tree_is_the_defined_one_and_can_be_put_away_at_any_size(size):
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier = Frontier.unpacked(frontier.size, frontier.packed())
        frontier.append(leaf)
    assert frontier.root() == plain_root(LEAVES[:size])
    assert len(frontier.peaks) == size.bit_count()


def test_peaks_of_another_size_are_refused():
    with pytest.raises(ValueError, match="peaks"):
        Frontier.unpacked(3, bytes(32))
    with pytest.raises(ValueError, match="peaks"):
        Frontier.unpacked(-1, b"")


@given(st.data())
def test_one_leafs_proof_is_that_of_the_rfc(data):
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    path, root = proof(inclusion_ranges(index, index + 1, size)), plain_root(LEAVES[:size])
    assert rfc_inclusion(LEAVES[index], index, size, path, root)
    assert is_included([LEAVES[index]], index, size, path, root)


@given(st.data())
def test_a_run_of_leaves_is_proven_and_nothing_else_is(data):
    size = data.draw(sizes)
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first + 1, size))
    run, path, root = LEAVES[first:last], proof(inclusion_ranges(first, last, size)), plain_root(LEAVES[:size])
    assert len(path) <= 2 * size.bit_length()
    assert is_included(run, first, size, path, root)
    at = data.draw(st.integers(0, len(run) - 1))
    other = [*run[:at], leaf_hash(b"another"), *run[at + 1 :]]
    assert not is_included(other, first, size, path, root)
    assert not is_included(run, first, size, path, leaf_hash(b"another"))
    assert not is_included(run, first, size, [*path, root], root)
    assert not is_included(run[:-1], first, size, path, root)
    if path:
        assert not is_included(run, first, size, path[:-1], root)
    if len(run) > 1:
        assert not is_included(run[::-1], first, size, path, root)


@given(st.data())
def test_a_leaf_is_not_found_at_another_place(data):
    size = data.draw(st.integers(2, len(LEAVES)))
    index, other = data.draw(st.permutations(range(size)))[:2]
    path, root = proof(inclusion_ranges(index, index + 1, size)), plain_root(LEAVES[:size])
    assert not is_included([LEAVES[index]], other, size, path, root)


@given(st.data())
def test_a_later_tree_is_proven_to_continue_an_earlier_one(data):
    new = data.draw(st.integers(2, len(LEAVES)))
    old = data.draw(st.integers(1, new - 1))
    path = proof(consistency_ranges(old, new))
    was, now = plain_root(LEAVES[:old]), plain_root(LEAVES[:new])
    assert rfc_consistency(old, new, was, now, path)
    assert is_continuation(old, was, new, now, path)
    rewritten = plain_root([leaf_hash(b"another"), *LEAVES[1:old]])
    assert not is_continuation(old, rewritten, new, now, path)
    assert not is_continuation(old, was, new, plain_root(LEAVES[: new - 1]), path)
    assert not is_continuation(old, was, new, now, path[:-1])
    assert not is_continuation(old, was, new, now, [*path, was])


def test_the_same_tree_continues_itself_and_every_tree_the_empty_one():
    root, empty = plain_root(LEAVES[:5]), plain_root([])
    assert consistency_ranges(5, 5) == consistency_ranges(0, 5) == []
    assert is_continuation(5, root, 5, root, [])
    assert not is_continuation(5, root, 5, empty, [])
    assert is_continuation(0, empty, 5, root, [])
    assert not is_continuation(0, root, 5, root, [])
    assert not is_continuation(5, root, 4, plain_root(LEAVES[:4]), [])


@pytest.mark.parametrize(("first", "last", "size"), [(0, 0, 5), (3, 2, 5), (-1, 2, 5), (4, 6, 5), (0, 1, 1 << 63)])
def test_leaves_that_are_not_there_have_no_proof(first, last, size):
    with pytest.raises(ValueError, match="leaves"):
        inclusion_ranges(first, last, size)
    assert not is_included(LEAVES[:1], 5, 5, [], LEAVES[0])
    assert not is_included([], 0, 5, [], LEAVES[0])


def test_a_forged_size_neither_hangs_nor_breaks():
    assert not is_included(LEAVES[:1], 0, 1 << 61, [LEAVES[0]] * 9, LEAVES[0])
    assert not is_continuation(3, LEAVES[0], 1 << 61, LEAVES[1], [LEAVES[0]] * 9)
    assert not is_continuation(3, LEAVES[0], 1 << 99, LEAVES[1], [])
