"""id → version → hash. A rule that changes what it finds gets a new version; the lock notices when it does not."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from yijian.rulebook.rule import Rule

LOCK = "versions.lock.toml"


def read_lock(root: Path) -> dict[str, dict[str, str]]:
    """Locked hashes: rule id → version → sha256."""
    path = root / LOCK
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def unlocked(rules: Mapping[str, Rule], root: Path) -> list[str]:
    """A sentence for each rule whose content is not what its version was locked with."""
    lock, complaints = read_lock(root), []
    for rule in (version for named in rules.values() for version in named.versions):
        versions = lock.get(rule.id, {})
        locked = versions.get(str(rule.declaration.version))
        if locked is None:
            complaints.append(f"{rule.id}：第 {rule.declaration.version} 版尚未锁定，请运行 yijian rules lock")
        elif locked != rule.digest:
            complaints.append(
                f"{rule.id}：内容已变而版本仍是 {rule.declaration.version}，"
                "请把 rule.toml 的 version 加一后运行 yijian rules lock"
            )
    return complaints


def write_lock(rules: Mapping[str, Rule], root: Path) -> int:
    """Lock new versions; a version that stands is never rewritten. Gives how many were added."""
    lock, added = read_lock(root), 0
    for rule in (version for named in rules.values() for version in named.versions):
        versions = lock.setdefault(rule.id, {})
        if str(rule.declaration.version) not in versions:
            versions[str(rule.declaration.version)] = rule.digest
            added += 1
    lines = ["# Made by `yijian rules lock`: what each version of each rule was. A line that stands is never changed."]
    for rule_id in sorted(lock):
        lines += [
            "",
            f"[{rule_id}]",
            *(f'{v} = "{h}"' for v, h in sorted(lock[rule_id].items(), key=lambda i: int(i[0]))),
        ]
    (root / LOCK).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return added
