"""`yijian knowledge …` as a person types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.knowledge.knowledge_files import WriteWorkbook
from yijian.cli.knowledge import app
from yijian.vocabulary.errors import UserError

LEVEL = "药品限医疗机构级别"
NAME = "第五批 药品限医疗机构级别.xlsx"
runner = CliRunner(env={"COLUMNS": "300"})


def run(home: Path, *words: object) -> str:
    result = runner.invoke(app, [*map(str, words), "--home", str(home)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def test_import_list_show_and_diff(drug_workbook: WriteWorkbook, tmp_path: Path) -> None:
    home = tmp_path / "home"
    points = [("甲片", "限三级医院。", ["XA01"]), ("丙片", "首次处方时需由二级及以上医疗机构开具。", ["XC01"])]
    told = run(home, "import", drug_workbook(NAME, LEVEL, points, total=5).parent)
    assert "限定需人工确认" in told
    assert "丙片" in told
    assert "合计行为 5 个知识点，实际读到 2 个" in told
    assert "未导入" in run(home, "list")
    assert "max_price（最高单价（元））" in run(home, "list", "--columns")
    shown = run(home, "show", LEVEL, "--unparsed")
    assert "丙片" in shown
    assert "甲片" not in shown
    assert "三级" in run(home, "show", "drug_institution_level", "--code", "XA")
    run(home, "import", drug_workbook(NAME, LEVEL, [("甲片", "限二级及以上医疗机构。", ["XA01", "XA02"])]))
    changed = run(home, "diff", LEVEL)
    assert "编码增加 1 个" in changed
    assert "最低机构级别 3 → 2" in changed
    assert "去掉" in changed


def test_an_unknown_list_or_version_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有名为"):
        run(tmp_path, "show", "nothing")
    with pytest.raises(UserError, match="没有唯一对应"):
        run(tmp_path, "show", "drug_sex")
    with pytest.raises(UserError, match="无可比较"):
        run(tmp_path, "diff", "drug_sex")
