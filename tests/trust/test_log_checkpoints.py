"""Checkpoints and entries of the log, as another body keeps and checks them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yijian.trust.checkpoint import Checkpoint, issue, read, read_file
from yijian.trust.log_entry import Entry
from yijian.trust.merkle import root_of
from yijian.trust.signing import public_key
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

SOME = Checkpoint("yijian.log/00ff", 0, root_of(()), "2026-11-22T03:00:00.000000Z")
ENTRY = Entry(7, "2026-11-22T03:00:00.000000Z", "wang", "1", "", "findings.show_identity", "疑点", "f1", "P1", "核实", "")


@pytest.fixture(params=["ed25519", "sm2"])
def home(tmp_path, request) -> Home:
    here = Home(tmp_path)
    here.keys.mkdir()
    (here.keys / "signing.toml").write_text(f'algorithm = "{request.param}"', encoding="utf-8")
    return here


def test_a_checkpoint_is_read_as_it_was_issued_with_either_algorithm(home):
    note = issue(home, SOME)
    checkpoint, signature = read(note, "here")
    assert checkpoint == SOME
    assert (signature.algorithm, signature.public_key) == public_key(home)


@pytest.mark.parametrize("change", [("\n0\n", "\n1\n"), ("03:00", "04:00"), ("log/00ff\n", "log/00fe\n")])
def test_a_changed_checkpoint_is_refused(home, change):
    with pytest.raises(UserError):
        read(issue(home, SOME).replace(*change, 1), "here")


def test_a_signature_of_another_text_is_refused(home):
    other = issue(home, Checkpoint(SOME.origin, 1, SOME.root, SOME.at)).rpartition("\n—")
    with pytest.raises(UserError, match="改动"):
        read(issue(home, SOME).rpartition("\n—")[0] + "".join(other[1:]), "here")


def test_a_checkpoint_follows_the_signed_note_of_c2sp(tmp_path):
    """Read by the specification's words alone: text, an empty line, em dash, name, key hash and signature."""
    note = issue(Home(tmp_path), SOME)
    text, _, last = note.partition("\n\n")
    dash, name, blob = last.strip().split(" ")
    assert (dash, name, text.splitlines()[:2]) == ("—", SOME.origin, [SOME.origin, "0"])
    _, public = public_key(Home(tmp_path))
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(base64.b64decode(blob)[4:], f"{text}\n".encode())


@pytest.mark.parametrize("words", ["", "hello", "a\n1\nAAAA\ntime x\nkey rsa 00\n\n— a AAAA\n", "\x00" * 9])
def test_what_is_no_checkpoint_is_one_sentence(tmp_path, words):
    path = tmp_path / "x.txt"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(UserError, match="检查点"):
        read_file(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="检查点"):
        read_file(path)
    with pytest.raises(UserError, match="打不开"):
        read_file(tmp_path / "nowhere.txt")


def test_an_entrys_bytes_are_the_documented_ones():
    fields = ("yijian-log/1", "7", ENTRY.at, "wang", "1", "", "findings.show_identity", "疑点", "f1", "P1", "核实", "")
    assert ENTRY.canonical() == "".join(f"{len(f.encode())}:{f}," for f in fields).encode()


def test_text_moved_between_fields_is_another_entry():
    from msgspec.structs import replace

    assert replace(ENTRY, who="wan", account="g1").canonical() != ENTRY.canonical()
    assert replace(ENTRY, kind="疑", about="点f1").leaf() != ENTRY.leaf()
