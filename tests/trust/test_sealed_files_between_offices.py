"""A file from one office to another: only the recipient opens it, only the sender can have made it, and it does not grow."""

import base64
import stat
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
import pytest
from nacl.public import PublicKey, SealedBox
from nacl.secret import SecretBox

from yijian.trust import parcel
from yijian.trust.letters import Answer, Letter, Line, answer_in, letter_in
from yijian.trust.office import key_file, own_key, read_key, sealing_key
from yijian.trust.parcel import Contents, Head, open_parcel, pack
from yijian.trust.parcel_words import harmless, shown
from yijian.trust.signing import sign
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LETTER = Letter(
    "无依据重复检查", "某某医院", "查明无依据重复检查 20 次", "groundless", "不合理检查", "某卫生健康委", "2026-11-01",
    [Line("重复检查 20 次", amount="5000.00")], [Line("收费明细", pages=12)], amount="5000.00",
)  # fmt: skip
FILES = [("移送书.pdf", b"%PDF-1.7"), ("明细.csv", b"a,b\n")]
CONTENTS = Contents("letter", "医保案移字〔2026〕1号", "某医保局", LETTER, FILES)


@pytest.fixture
def bureau(tmp_path):
    return Home(tmp_path / "bureau")


@pytest.fixture
def health(tmp_path):
    return Home(tmp_path / "health")


def sent(bureau, health, contents=CONTENTS):
    held, head, _ = pack(bureau, contents, own_key(health, "某卫生健康委"), when=NOW)
    return held, head


def known(home, name="某医保局"):
    key = own_key(home, name)
    return {key.id: key}


def test_the_recipient_reads_letter_lists_and_files(bureau, health, tmp_path):
    held, head = sent(bureau, health)
    opened = open_parcel(health, held, known(bureau), "a.yjt")
    assert letter_in(opened, "a.yjt") == LETTER
    assert [(file.name, got) for file, got in opened.files] == list(CONTENTS.files)
    assert opened.head == head and opened.manifest.organ == "某医保局"
    said = shown(opened, tmp_path / "out")
    assert "签名有效：某医保局" in said and "收费明细　12 页" in said and "重复检查 20 次　5000.00 元" in said
    assert (tmp_path / "out" / "02-明细.csv").read_bytes() == b"a,b\n"
    assert "某某医院" not in held.decode("utf-8", "replace")


def test_two_files_of_one_letter_differ(bureau, health):
    assert sent(bureau, health)[1].manifest != sent(bureau, health)[1].manifest


def test_a_receipt_names_the_letter(bureau, health):
    _, head = sent(bureau, health)
    answer = Contents("receipt", CONTENTS.number, "某卫生健康委", Answer("李签收"), answers=head.manifest)
    back, _, _ = pack(health, answer, own_key(bureau, "某医保局"), when=NOW)
    opened = open_parcel(bureau, back, known(health), "b.yjt")
    assert opened.manifest.answers == head.manifest and answer_in(opened, "b.yjt").signer == "李签收"
    with pytest.raises(UserError, match="约定的内容"):
        letter_in(opened, "b.yjt")


def test_keys_are_read_by_their_owner_only(bureau):
    own_key(bureau, "某医保局")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in bureau.keys.iterdir()}
    assert modes == {"signing-ed25519.key": 0o600, "transfer-sealing.key": 0o600}


def test_a_key_file_is_signed_by_its_own_key(bureau, health):
    made = key_file(bureau, "某医保局")
    assert read_key(made, "k.json") == own_key(bureau, "某医保局")
    with pytest.raises(UserError, match="签名与内容不符"):
        read_key(made.replace("某医保局".encode(), "某公安局".encode()), "k.json")
    other = msgspec.json.decode(key_file(health, "某卫健委"))
    mine = msgspec.json.decode(made)
    forged = msgspec.json.encode(other["content"] | {"signing": mine["content"]["signing"]})
    signature = sign(health, forged)
    with pytest.raises(UserError, match="不是用其中的密钥签名"):
        read_key(msgspec.json.encode({"content": msgspec.Raw(forged), "signature": signature}), "k.json")
    for junk in (b"", b"{}", b"\xff\xfe", made[:-40]):
        with pytest.raises(UserError):
            read_key(junk, "k.json")


def test_an_office_may_sign_with_sm2(bureau, health):
    bureau.keys.mkdir(parents=True)
    (bureau.keys / "signing.toml").write_text('algorithm = "sm2"')
    held, _ = sent(bureau, health)
    assert open_parcel(health, held, known(bureau), "a.yjt").sender.algorithm == "sm2"
    assert read_key(key_file(bureau, "某医保局"), "k.json").algorithm == "sm2"


def test_nobody_else_opens_it_and_nobody_unknown_sends_it(bureau, health, tmp_path):
    held, _ = sent(bureau, health)
    with pytest.raises(UserError, match="不是发给本单位的"):
        open_parcel(Home(tmp_path / "police"), held, known(bureau), "a.yjt")
    with pytest.raises(UserError, match="公钥没有登记"):
        open_parcel(health, held, known(health), "a.yjt")


def parts(held):
    line, signature, body = held.split(b"\n", 2)
    return line, signature, body


def test_whatever_is_altered_is_noticed(bureau, health):
    held, _ = sent(bureau, health)
    line, signature, body = parts(held)
    head = msgspec.json.decode(line)
    wrong = [
        b"\n".join((msgspec.json.encode(head | {"number": "医保案移字〔2026〕2号"}), signature, body)),
        b"\n".join((msgspec.json.encode(head | {"kind": "result"}), signature, body)),
        b"\n".join((line, signature.replace(b'"value":"', b'"value":"00'), body)),
        b"\n".join((line, signature, body[:-1] + bytes([body[-1] ^ 1]))),
        b"\n".join((line, signature, body[:100])),
        b"\n".join((line, signature, b"")),
    ]
    other, _ = sent(bureau, health)
    wrong.append(b"\n".join((line, signature, parts(other)[2])))
    for one in wrong:
        with pytest.raises(UserError, match=r"改动|签名"):
            open_parcel(health, one, known(bureau), "a.yjt")
    for junk in (b"", b"\n\n", b"{}\n{}\n", b"x" * 10_000, line, held[:50], b"\xff\n\xff\nx"):
        with pytest.raises(UserError, match="不是移送文件"):
            open_parcel(health, junk, known(bureau), "a.yjt")
    later = msgspec.json.encode(head | {"form": "yijian-transfer/2"})
    with pytest.raises(UserError, match="另一种格式"):
        open_parcel(health, b"\n".join((later, signature, body)), known(bureau), "a.yjt")


def signed_again(home, line, body):
    """The same head, signed by somebody else as his own."""
    head = msgspec.structs.replace(msgspec.json.decode(line, type=Head), sender=own_key(home, "").id)
    fresh = msgspec.json.encode(head)
    made = sign(home, fresh)
    return b"\n".join((fresh, msgspec.json.encode({"algorithm": made.algorithm, "value": made.value}), body))


def test_somebody_elses_file_cannot_be_signed_as_ones_own(bureau, health, tmp_path):
    thief = Home(tmp_path / "thief")
    line, _, body = parts(sent(bureau, health)[0])
    with pytest.raises(UserError, match="内容被改动过"):
        open_parcel(health, signed_again(thief, line, body), known(thief), "a.yjt")


def sealed(bureau, health, plain, manifest="0" * 64):
    """A well signed file around any body."""
    secret = b"k" * SecretBox.KEY_SIZE
    to = own_key(health, "")
    key = base64.b64encode(SealedBox(PublicKey(bytes.fromhex(to.sealing))).encrypt(secret)).decode()
    line = msgspec.json.encode(Head(parcel.FORM, "letter", "1", own_key(bureau, "").id, to.id, manifest, key))
    made = sign(bureau, line)
    second = msgspec.json.encode({"algorithm": made.algorithm, "value": made.value})
    return b"\n".join((line, second, bytes(SecretBox(secret).encrypt(plain))))


def zipped(method, *members):
    out = BytesIO()
    with ZipFile(out, "w", method) as made:
        for name, held in members:
            made.writestr(name, held)
    return out.getvalue()


def test_a_bomb_is_not_unpacked(bureau, health):
    zeros = b"\0" * (20 << 20)
    for plain in (
        zipped(ZIP_DEFLATED, ("manifest.json", b"{}"), ("files/1", zeros)),
        zipped(0, ("manifest.json", b"{}"), ("../../etc/passwd", b"x")),
        zipped(0, *((f"files/{n}", b"") for n in range(200))),
        zipped(0, ("manifest.json", b"[" * 100_000)),
        zipped(0, ("manifest.json", b"{}")),
        b"",
        b"PK\x05\x06" + bytes(18),
    ):
        with pytest.raises(UserError, match="内容被改动过"):
            open_parcel(health, sealed(bureau, health, plain), known(bureau), "a.yjt")


def test_what_is_too_large_is_neither_packed_nor_opened(bureau, health, monkeypatch):
    held, _ = sent(bureau, health)
    monkeypatch.setattr(parcel, "MOST_BYTES", len(held) - 1)
    with pytest.raises(UserError, match="没有打开"):
        open_parcel(health, held, known(bureau), "a.yjt")
    monkeypatch.setattr(parcel, "MOST_BYTES", 2**20)
    with pytest.raises(UserError, match="最多装"):
        sent(bureau, health, replace(CONTENTS, files=[("a.bin", b"x" * 100)] * 101))
    with pytest.raises(UserError, match="最多装"):
        sent(bureau, health)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../.bashrc", "bashrc"), ("a\\b\\病历.pdf", "病历.pdf"), ("\u202efdp.exe", "fdp.exe"), ("..", "未命名"),
        ("字" * 300, "字" * 60),
    ],
)  # fmt: skip
def test_names_from_elsewhere_do_no_harm(name, kept):
    assert harmless(name) == kept


def test_the_reader_that_the_documentation_shows_reads_it(bureau, health, capsys):
    page = (Path(__file__).parents[2] / "docs" / "transfer-file.md").read_text(encoding="utf-8")
    shown_there: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], shown_there)
    held, _ = sent(bureau, health)
    secret, us, them = bytes(sealing_key(health)), own_key(health, ""), own_key(bureau, "")
    assert shown_there["read"](held, secret, us.id, them.signing, them.id) == [got for _, got in FILES]
    assert "无依据重复检查" in capsys.readouterr().out
