"""What is sealed opens with its key and with nothing else."""

import pytest

from yijian.web.tips import receipts, sealing


def test_a_key_opens_with_its_passphrase_only():
    kept = sealing.fresh_pair("a long pass phrase")
    private = sealing.unlock(kept, "a long pass phrase")
    assert sealing.unseal(private, sealing.seal(kept.public, b"secret")) == b"secret"
    with pytest.raises(sealing.CannotOpen):
        sealing.unlock(kept, "a long pass phrasf")


def test_what_was_altered_does_not_open():
    key = sealing.fresh_key()
    held = bytearray(sealing.encrypt(key, b"text"))
    held[-1] ^= 1
    with pytest.raises(sealing.CannotOpen):
        sealing.decrypt(key, bytes(held))
    with pytest.raises(sealing.CannotOpen):
        sealing.decrypt(sealing.fresh_key(), sealing.encrypt(key, b"text"))


def test_the_length_of_a_text_does_not_show():
    key = sealing.fresh_key()
    assert len({len(sealing.encrypt(key, b"x" * n)) for n in (0, 1, 500, sealing.BLOCK - 1)}) == 1
    assert sealing.decrypt(key, sealing.encrypt(key, b"")) == b""


def test_half_a_key_is_no_key():
    key = sealing.fresh_key()
    one, two = sealing.halves(key)
    assert sealing.joined(one, two) == key
    held = sealing.encrypt(key, b"name")
    for half in (one, two):
        with pytest.raises(sealing.CannotOpen):
            sealing.decrypt(half, held)


def test_a_receipt_code_is_read_however_it_is_typed():
    code = receipts.fresh_code()
    assert receipts.read(f" {receipts.shown(code).lower()} ") == code
    assert len({receipts.fresh_code() for _ in range(200)}) == 200
    for wrong in ("", code[:-1], code + "A", "I" + code[1:], "０" * 24):
        assert receipts.read(wrong) is None


def test_the_same_code_makes_the_same_keys_and_another_salt_others():
    code, salt = receipts.fresh_code(), receipts.fresh_salt()
    assert receipts.keys_of(code, salt) == receipts.keys_of(code, salt)
    assert receipts.keys_of(code, salt).public != receipts.keys_of(code, receipts.fresh_salt()).public
