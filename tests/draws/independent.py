"""A verifier written from docs/draws.md alone; it imports nothing of Yijian.

`python independent.py FILE` says 'same' or what differs.
"""

import hashlib
import json
import sys
from pathlib import Path


def sha(*lines):
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def canonical(said):
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def drawn(listed, seed):
    """The result as the document says it is derived."""
    result = []
    for stratum in listed["strata"]:
        of = [o for o in listed["objects"] if o["stratum"] == stratum["name"]]
        drawable = [o for o in of if o["weight"] > 0 and o["recused"] == "" and o["cooling"] == ""]
        by_share = len(drawable) if stratum["share"] == 10000 else (stratum["share"] * len(of) + 9999) // 10000
        k = max(stratum["number"], by_share)
        if not 0 < k <= len(drawable):
            return None
        keyed = []
        for o in drawable:
            tickets = [sha(seed, stratum["name"], o["id"], str(n)) for n in range(1, o["weight"] + 1)]
            keyed.append((min(tickets), o["id"]))
        result += [{"stratum": stratum["name"], "id": i, "key": key} for key, i in sorted(keyed)[:k]]
    return result


def differs(text):
    """What of a record is not as the document says; '' for nothing."""
    record = json.loads(text)
    if canonical(record) + "\n" != text:
        return "not canonical"
    listed = record["list"]
    h = sha(canonical(listed))
    if h != record["list_hash"]:
        return "list_hash"
    bodies = listed["bodies"]
    for part in ("commitments", "reveals"):
        if [one["body"] for one in record[part]] != bodies:
            return part
    for promise, shown in zip(record["commitments"], record["reveals"], strict=True):
        if sha("yijian-draw-commitment/1", h, shown["body"], shown["secret"]) != promise["commitment"]:
            return "commitment of " + shown["body"]
    seed = sha("yijian-draw-seed/1", h, *(shown["secret"] for shown in record["reveals"]))
    if seed != record["seed"]:
        return "seed"
    if drawn(listed, seed) != record["result"]:
        return "result"
    rest = {name: value for name, value in record.items() if name != "hash"}
    return "" if sha(canonical(rest)) == record["hash"] else "hash"


if __name__ == "__main__":
    print(differs(Path(sys.argv[1]).read_bytes().decode("utf-8")) or "same")
