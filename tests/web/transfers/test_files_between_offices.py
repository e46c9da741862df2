"""A transfer to an office without a system, as one sealed file, and its answers; what is wrong changes nothing."""

import subprocess
import sys
from dataclasses import replace

import msgspec
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.web.conftest import account, browser, by, organisation
from tests.web.transfers.conftest import CITY, ended, note, said
from yijian.trust.letters import Answer, Letter, Line, letter_in
from yijian.trust.office import key_file, own_key
from yijian.trust.parcel import Contents, open_parcel, pack
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.attachments.models import Attachment
from yijian.web.audit_log.models import LogEntry
from yijian.web.leads.models import Lead
from yijian.web.transfers import answering, commands, drafting, opening, packing, partner_keys
from yijian.web.transfers.models import Parcel, PartnerKey, Transfer

POLICE = "示例市公安局"


@pytest.fixture
def police(tmp_path):
    """The police have a folder for their keys, and no system."""
    return Home(tmp_path / "police")


@pytest.fixture
def keyed(cast, police):
    """… and the head has entered their key."""
    partner_keys.enter("GA", "police", key_file(police, POLICE), CITY, **by(cast["head"]))
    return cast


@pytest.fixture
def gone(keyed):
    """A transfer to the police that was sent."""
    given = said(body="police", category="crime", partner="GA", copy_to="WJ")
    lead = f"leads.lead:{ended(keyed).pk}"
    one = drafting.draft(lead, given, files=[note("明细.txt")], **by(keyed["keeper"]))
    drafting.approve(one.pk, **by(keyed["head"]))
    return drafting.send(one.pk, **by(keyed["keeper"]))


def ours(settings):
    key = own_key(settings.HOME, "示例市医疗保障局")
    return key, {key.id: key}


def opened_by(police, settings, held):
    return open_parcel(police, held, ours(settings)[1], "移送.yjt")


def letter_file(one, cast, police, settings):
    held = packing.pack_transfer(one.pk, "letter", **by(cast["keeper"])).held
    return opened_by(police, settings, held)


def back(police, settings, letter, kind="receipt", answer=None, **more):
    """What the police write back."""
    contents = Contents(kind, letter.head.number, POLICE, answer or Answer("李签收"), answers=letter.head.manifest)
    return pack(police, replace(contents, **more), ours(settings)[0], when=timezone.now())[0]


def take(held, cast, who="keeper", **more):
    return opening.take_in(held, CITY, **more, **by(cast[who]))


def test_the_letter_goes_out_with_both_lists_and_its_attachments(gone, keyed, police, settings):
    opened = letter_file(gone, keyed, police, settings)
    letter = letter_in(opened, "")
    assert (letter.title, letter.party, letter.to) == (gone.title, gone.who, POLICE)
    assert [(one.what, one.pages) for one in letter.evidence] == [("收费明细", 12), ("病历", 30)]
    assert letter.problems[0].amount == "5000.00"
    assert [file.name for file, _ in opened.files] == ["移送书.pdf", "明细.txt"]
    assert opened.files[0][1].startswith(b"%PDF")
    assert LogEntry.objects.filter(act="transfers.pack", about=gone.number, area=CITY).count() == 1


def test_the_receipt_comes_back_and_the_transfer_is_received(gone, keyed, police, settings):
    letter = letter_file(gone, keyed, police, settings)
    letter_file(gone, keyed, police, settings)  # packed again: the first one may be answered all the same
    one = take(back(police, settings, letter, files=[("回执.txt", "已签收".encode())]), keyed)
    assert (one.pk, one.state) == (gone.pk, "received")
    names = set(Attachment.objects.filter(about=f"transfers.transfer:{gone.pk}").values_list("name", flat=True))
    assert {"回执.txt", "回执签名核验.txt"} <= names
    kept = Parcel.objects.get(way="in", kind="receipt")
    head, signature, manifest = kept.proof
    assert kept.digest in head and "value" in signature and letter.head.manifest in manifest


def test_what_is_missing_is_asked_for_supplied_and_answered_by_file(gone, keyed, police, settings):
    letter = letter_file(gone, keyed, police, settings)
    take(back(police, settings, letter), keyed)
    asked = take(back(police, settings, letter, "ask", Answer("李签收", "还缺病历复印件")), keyed)
    assert asked.state == "incomplete"
    answering.supply(gone.pk, reason="补正病历复印件", files=[note("病历.txt")], **by(keyed["keeper"]))
    more = opened_by(police, settings, packing.pack_transfer(gone.pk, "supplement", **by(keyed["keeper"])).held)
    assert more.manifest.answers and [file.name for file, _ in more.files] == ["病历.txt"]
    result = Answer("李签收", "已经刑事立案侦查", "criminal")
    one = take(back(police, settings, letter, "result", result, files=[("立案.txt", "立案决定".encode())]), keyed)
    assert (one.state, one.result, one.outcome) == ("reported", "criminal", "已经刑事立案侦查")


def unchanged(gone):
    gone.refresh_from_db()
    return gone.state == "sent" and not Parcel.objects.filter(way="in").exists()


def refused(words):
    last = LogEntry.objects.filter(act="transfers.refuse").order_by("-number").first()
    return last is not None and words in last.purpose and last.area == CITY


def test_whatever_is_wrong_is_refused_with_a_sentence_and_a_line(gone, keyed, police, settings, tmp_path):
    letter = letter_file(gone, keyed, police, settings)
    good = back(police, settings, letter)
    thief = Home(tmp_path / "thief")
    wrong = {
        "改动": good[:-1] + bytes([good[-1] ^ 1]),
        "签名与内容不符": good.replace(letter.head.number.encode(), "医保案移字〔2020〕9号".encode(), 1),
        "公钥没有登记": back(thief, settings, letter),
        "不是发给本单位": pack(
            police, Contents("receipt", "1", POLICE, Answer("李"), answers="0"), own_key(thief, ""), when=timezone.now()
        )[0],
        "文号": back(police, settings, letter, number="医保案移字〔2020〕9号"),
        "不是本单位的移送书": back(police, settings, letter, answers="0" * 64),
        "约定的内容": back(police, settings, letter, said={"x": 1}),
        "不是移送文件": b"PK\x03\x04" + bytes(100),
        "结果不在约定": back(police, settings, letter, "result", Answer("李", "已经处理完毕", "shot")),
        "类型不在可以上传": back(police, settings, letter, files=[("回执.exe", b"MZ")]),
    }
    for words, held in wrong.items():
        with pytest.raises(ValidationError, match=words):
            take(held, keyed)
        assert unchanged(gone) and refused(words), words


def test_a_receipt_that_comes_twice_is_refused(gone, keyed, police, settings):
    held = back(police, settings, letter_file(gone, keyed, police, settings))
    take(held, keyed)
    with pytest.raises(ValidationError, match="已经接收过"):
        take(held, keyed)
    another = back(police, settings, letter_file(gone, keyed, police, settings))
    with pytest.raises(ValidationError, match="已签收"):
        take(another, keyed)


def test_another_office_does_not_sign_for_the_one_that_it_went_to(gone, keyed, police, settings, tmp_path):
    organisation("SJ", "示例市审计局", "partner", CITY)
    audit = Home(tmp_path / "audit")
    partner_keys.enter("SJ", "audit", key_file(audit, "示例市审计局"), CITY, **by(keyed["head"]))
    letter = letter_file(gone, keyed, police, settings)
    with pytest.raises(ValidationError, match="由示例市审计局签名"):
        take(back(audit, settings, letter), keyed)
    assert unchanged(gone)


def test_a_receipt_of_another_transfer_is_not_taken_on_this_page(gone, keyed, police, settings):
    held = back(police, settings, letter_file(gone, keyed, police, settings))
    with pytest.raises(ValidationError, match="请在那一页上传"):
        take(held, keyed, of=gone.pk + 1)
    assert unchanged(gone)


LETTER = Letter(
    "倒卖药品", "某药店", "办案中发现倒卖医保药品的线索", "resale", "转卖药品", "示例市医疗保障局", "2026-01-05",
    [Line("倒卖药品")], [Line("讯问笔录", pages=8)], amount="8600.00",
)  # fmt: skip


def from_police(police, settings, letter=LETTER, number="公移字〔2026〕3号", files=(("笔录.txt", b"record"),)):
    return pack(police, Contents("letter", number, POLICE, letter, files), ours(settings)[0], when=timezone.now())[0]


def test_a_letter_of_theirs_becomes_a_transfer_and_a_lead_and_is_receipted_by_file(keyed, police, settings):
    one = take(from_police(police, settings), keyed)
    assert (one.direction, one.number, one.body) == ("in", "公移字〔2026〕3号", "police")
    assert (one.category, str(one.amount)) == ("resale", "8600.00")
    assert Attachment.objects.filter(about=f"transfers.transfer:{one.pk}", name="笔录.txt").exists()
    assert packing.may_pack(keyed["keeper"], one) == {}
    answering.receive(one.pk, **by(keyed["keeper"]))
    assert Lead.objects.filter(about=f"transfers.transfer:{one.pk}").exists()
    held = packing.pack_transfer(one.pk, "receipt", **by(keyed["keeper"])).held
    receipt = opened_by(police, settings, held)
    assert (receipt.head.kind, receipt.head.number, receipt.files[0][0].name) == ("receipt", one.number, "回执.pdf")
    answering.ask(one.pk, reason="还缺讯问笔录全文", **by(keyed["keeper"]))
    asked = opened_by(police, settings, packing.pack_transfer(one.pk, "ask", **by(keyed["keeper"])).held)
    assert msgspec.json.decode(asked.manifest.said, type=Answer).text == "还缺讯问笔录全文"
    letter = Parcel.objects.get(way="in", kind="letter")
    more = Contents("supplement", one.number, POLICE, Answer("李", "补正笔录全文"), [("全文.txt", b"all")], letter.digest)
    done = take(pack(police, more, ours(settings)[0], when=timezone.now())[0], keyed)
    assert done.state == "received"


def test_the_same_number_twice_is_refused(keyed, police, settings):
    take(from_police(police, settings), keyed)
    with pytest.raises(ValidationError, match="已经登记过"):
        take(from_police(police, settings), keyed)
    assert Transfer.objects.count() == 1 and refused("已经登记过")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"facts": "短"}, "主要事实"), ({"problems": []}, "问题"), ({"since": "昨天"}, "看不懂"),
        ({"amount": "很多"}, "不是数字"),
        ({"party": ""}, "当事人"), ({"facts": "字" * 6000}, "过长"), ({"since": "2100-01-01"}, "还没有到"),
    ],
)  # fmt: skip
def test_a_letter_that_lacks_something_is_refused(keyed, police, settings, wrong, words):
    with pytest.raises(ValidationError, match=words):
        take(from_police(police, settings, msgspec.structs.replace(LETTER, **wrong)), keyed)
    assert not Transfer.objects.exists() and refused(words)


def test_a_letter_with_a_category_of_ours_keeps_its_words(keyed, police, settings):
    letter = msgspec.structs.replace(LETTER, category="crime", category_title="违法行为涉嫌犯罪")
    one = take(from_police(police, settings, letter), keyed)
    assert one.category == "other_loss" and one.facts.startswith("对方移送类别：违法行为涉嫌犯罪。")


def test_a_key_is_entered_by_the_head_and_ends(cast, police, settings):
    key = key_file(police, POLICE)
    with pytest.raises(PermissionDenied):
        partner_keys.enter("GA", "police", key, CITY, **by(cast["keeper"]))
    far = account("t-farhead", "外地", "head", organisation("B888800", "他市医保局", "authority", "888800"))
    with pytest.raises(PermissionDenied):
        partner_keys.enter("GA", "police", key, CITY, **by(far))
    for wrong, words in ((b"{}", "不是签名文件"), (key[:-30], "签名文件"), (key_file(settings.HOME, "我们"), "自己的公钥")):
        with pytest.raises(ValidationError, match=words):
            partner_keys.enter("GA", "police", wrong, CITY, **by(cast["head"]))
    page = browser(cast["head"])
    form = {"partner": "GA", "body": "police", "area": CITY, "key": SimpleUploadedFile("k.json", key)}
    page.post("/transfers/keys/enter/", form)
    made = PartnerKey.objects.get()
    shown = page.get("/transfers/keys/").content.decode()
    assert own_key(police, "").fingerprint in shown and ours(settings)[0].fingerprint in shown
    assert LogEntry.objects.filter(act="transfers.enter_key", purpose__contains=made.fingerprint).exists()
    with pytest.raises(ValidationError, match="已经登记为示例市公安局"):
        partner_keys.enter("WJ", "health", key, CITY, **by(cast["head"]))
    page.post(f"/transfers/keys/{made.pk}/end/")
    with pytest.raises(ValidationError, match="公钥没有登记"):
        take(from_police(police, settings), cast)


def test_the_pages_pack_and_take_in(gone, keyed, police, settings):
    page = browser(keyed["keeper"])
    assert "下载移送书文件" in page.get(f"/transfers/{gone.pk}/").content.decode()
    got = page.post(f"/transfers/{gone.pk}/pack/letter/")
    assert got["Content-Disposition"].startswith("attachment")
    letter = opened_by(police, settings, got.content)
    receipt = back(police, settings, letter)
    there = page.post(f"/transfers/{gone.pk}/file/", {"file": SimpleUploadedFile("回执.yjt", receipt)})
    assert there["Location"] == f"/transfers/{gone.pk}/"
    assert "已签收" in page.get(f"/transfers/{gone.pk}/").content.decode()
    again = page.post("/transfers/open/", {"area": CITY, "file": SimpleUploadedFile("回执.yjt", receipt)})
    assert again.status_code == 400 and "已经接收过" in again.content.decode()
    there = page.post("/transfers/open/", {"area": CITY, "file": SimpleUploadedFile("移送.yjt", from_police(police, settings))})
    one = Transfer.objects.get(direction="in")
    assert there["Location"] == f"/transfers/{one.pk}/"


def test_nothing_is_packed_before_it_is_sent_or_without_a_key(cast, police):
    given = said(body="police", category="crime", partner="GA")
    one = drafting.draft(f"leads.lead:{ended(cast).pk}", given, **by(cast["keeper"]))
    with pytest.raises(ValidationError, match="还没有登记示例市公安局的公钥"):
        packing.pack_transfer(one.pk, "letter", **by(cast["keeper"]))
    partner_keys.enter("GA", "police", key_file(police, POLICE), CITY, **by(cast["head"]))
    with pytest.raises(ValidationError, match="现在的状态是“待审批”"):
        packing.pack_transfer(one.pk, "letter", **by(cast["keeper"]))
    with pytest.raises(PermissionDenied):
        packing.pack_transfer(one.pk, "letter", **by(cast["head"]))


def test_the_office_works_with_the_command_line_as_somebody(gone, keyed, police, settings, tmp_path, capsys):
    file, back_file = tmp_path / "移送书.yjt", tmp_path / "回执.yjt"
    commands.run(["pack", gone.number, "--out", str(file), "--as", "t-keeper"])
    assert gone.number in capsys.readouterr().out
    back_file.write_bytes(back(police, settings, opened_by(police, settings, file.read_bytes())))
    commands.run(["open", str(back_file)])
    assert "李签收" in capsys.readouterr().out and unchanged(gone)
    for account_name, words in (("t-nobody", "没有账号"), ("t-head", "没有这项权限"), ("t-health", "没有这项权限")):
        with pytest.raises(UserError, match=words):
            commands.run(["open", str(back_file), "--as", account_name])
    commands.run(["open", str(back_file), "--as", "t-keeper"])
    assert "已签收" in capsys.readouterr().out
    with pytest.raises(UserError, match="已经接收过"):
        commands.run(["open", str(back_file), "--as", "t-keeper"])
    with pytest.raises(UserError, match="没有移送"):
        commands.run(["pack", "9999", "--out", str(file), "--as", "t-keeper"])
    with pytest.raises(UserError, match="打不开"):
        commands.run(["open", str(tmp_path / "nothing")])


def yijian(home, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "yijian.cli", "transfer", *map(str, arguments), "--home", str(home.path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_police_work_with_the_command_line_alone(gone, keyed, police, settings, tmp_path):
    us, them = tmp_path / "ours.json", tmp_path / "theirs.json"
    us.write_bytes(key_file(settings.HOME, "示例市医疗保障局"))
    code, said = yijian(police, "key", "--organ", POLICE, "-o", them)
    assert code == 0 and own_key(police, "").fingerprint in said and them.stat().st_mode & 0o077 == 0
    file = tmp_path / "移送书.yjt"
    file.write_bytes(packing.pack_transfer(gone.pk, "letter", **by(keyed["keeper"])).held)
    code, said = yijian(police, "open", file, "--from", us, "--to", tmp_path / "out")
    assert code == 0 and "收费明细" in said and (tmp_path / "out" / "01-移送书.pdf").read_bytes().startswith(b"%PDF")
    code, said = yijian(police, "open", file, "--from", them)
    assert code == 2 and "公钥没有登记" in said
    answer = ("--from", us, "--organ", POLICE, "--signer", "李签收")
    assert yijian(police, "receipt", file, *answer, "-o", tmp_path / "回执.yjt")[0] == 0
    assert take((tmp_path / "回执.yjt").read_bytes(), keyed).state == "received"
    code, said = yijian(police, "result", file, *answer, "--result", "shot", "--text", "已经处理", "-o", tmp_path / "r.yjt")
    assert code == 2 and "没有处理结果" in said
    assert yijian(police, "result", file, *answer, "--result", "none", "--text", "不予立案", "-o", tmp_path / "r.yjt")[0] == 0
    assert take((tmp_path / "r.yjt").read_bytes(), keyed).state == "reported"
