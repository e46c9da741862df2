"""What the demo trained and told: a training for hospitals, promises, leaflets, a county's own."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from yijian.web.accounts.queries import By, User
from yijian.web.findings.queries import institutions_with_findings
from yijian.web.training import actions
from yijian.web.training.given import Given


def tell(cast: Mapping[str, User], now: datetime) -> int:
    """Tell it; how many there are."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    def enter(name: str, days: int, kind: str, title: str, topic: str, **more: object) -> None:
        day = (now - timedelta(days=days)).date()
        given = Given(kind, title, day, None, topic, **more)  # type: ignore[arg-type]
        actions.enter(cast[name].home, given, **by(name, days - 0.5))

    city, county = (
        [one.pk for one in institutions_with_findings(cast[name]).order_by("pk")] for name in ("jianguan", "dongcheng")
    )
    enter(
        "jianguan", 90, "publicity", "打击欺诈骗保集中宣传月", "条例、举报渠道与奖励办法、典型案例", venue="公共场所",
        counts={"leaflets": 10_000, "notices": 2000, "slogans": 1000, "boards": 800, "screens": 300},
    )  # fmt: skip
    enter(
        "jianguan", 60, "training", "定点医药机构医保政策培训", "条例第三十八条各项情形与本市典型案例",
        counts={"sessions": 2, "hours": 6},
        attended=dict.fromkeys(city[: max(1, 2 * len(city) // 3)], 3),
    )  # fmt: skip
    enter(
        "jianguan", 58, "promise", "诚信服务承诺书", "不虚开票据、不挂床住院、不串换项目", counts={"letters": len(city) // 2 + 1},
        attended=dict.fromkeys(city[: len(city) // 2 + 1], 1),
    )  # fmt: skip
    enter(
        "jianguan", 20, "training", "检查人员执法培训", "行政处罚程序、证据收集与现场笔录", counts={"sessions": 1, "hours": 8},
        attended={cast["jianguan"].organisation.pk: 12},
    )  # fmt: skip
    if county:
        enter(
            "dongcheng", 10, "training", "村卫生室和药店专题培训", "进销存台账、实名购药与代购登记",
            counts={"sessions": 1, "hours": 2},
            attended=dict.fromkeys(county, 2),
        )  # fmt: skip
    return 4 + bool(county)
