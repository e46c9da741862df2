"""Import: read every file first, then take them all in, or none."""

from pathlib import Path

from yijian.knowledge.local import read_local
from yijian.knowledge.sources import Source, national_source
from yijian.knowledge.store import Change, KnowledgeStore
from yijian.knowledge.workbooks import national_files, read_workbook
from yijian.vocabulary.content import content
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

SUFFIXES = (".xlsx", ".xls", ".csv")


def import_knowledge(home: Home, paths: list[Path]) -> list[Change]:
    """Import files and folders (all their .xlsx, .xls and .csv), and the lists that ship with the project.

    Raises UserError for the first file that cannot be read; nothing has been taken in then.
    """
    read = [source for path in _files(paths) for source in read_file(path)]
    _refuse_twice(read)
    shipped = [source for path in national_files(content("knowledge")) for source in read_local(path, shipped=True)]
    changes = KnowledgeStore.open(home).add([*read, *shipped])
    return [c for c in changes if c.source.origin != "shipped" or c.outcome != "unchanged"]


def read_file(path: Path) -> list[Source]:
    """The sources in one file: a national workbook, else a local list."""
    if path.suffix.lower() not in SUFFIXES:
        raise UserError("文件类型不支持", where=str(path), do="请提供 .xlsx、.xls 或 .csv 文件")
    if not path.is_file():
        raise UserError("文件不存在", where=str(path), do="请检查路径")
    book = read_workbook(path) if path.suffix.lower() != ".csv" else None
    return [national_source(book, path)] if book else read_local(path)


def _files(paths: list[Path]) -> list[Path]:
    files = [file for path in paths for file in (national_files(path) if path.is_dir() else [path])]
    if paths and not files:
        raise UserError("没有找到 .xlsx 或 .csv 文件", where="、".join(map(str, paths)), do="请检查路径")
    return list(dict.fromkeys(files))


def _refuse_twice(sources: list[Source]) -> None:
    """Two files for the same batch of the same class, with different content, cannot both be right."""
    seen: dict[tuple[str, str], Source] = {}
    for source in sources:
        before = seen.setdefault((source.list_id, source.key), source)
        if before is not source and before.sha256 != source.sha256:
            what = f"{before.file} 和 {source.file} 都是“{source.kind.title}”{source.key}，内容却不同"
            raise UserError(what, do="请只保留一个后重新导入")
