"""What tests of the knowledge lists share beside fixtures: the published header and the shape of the writer."""

from collections.abc import Callable
from pathlib import Path

HEADER = ["序号", "药品通用名", "检出逻辑", "逻辑依据（2024版国家药品目录备注）", "知识点对应药品代码数量"]
WriteWorkbook = Callable[..., Path]
