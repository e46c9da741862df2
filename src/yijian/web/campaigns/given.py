"""What a campaign says while it is prepared, and whether it holds together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError

from yijian.web.campaigns.kinds import DUTIES, FOCUSES, MOST_FOCUSES, PHASES, SUBJECTS, TARGETS, TO, Duty, Phase
from yijian.web.campaigns.models import Campaign

LEAST_TITLE, LEAST_TEXT = 4, 10
MOST_PHASES, MOST_DUTIES = 12, 12


@dataclass(frozen=True)
class Given:
    """All of it. under: the campaign of a division above that this one is the own plan of."""

    title: str
    text: str
    kinds: Sequence[str]
    focuses: Sequence[str]
    data_begin: date | None
    data_end: date | None
    phases: Sequence[Phase]
    duties: Sequence[Duty] = ()
    targets: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    basis: str = ""
    template: str = ""
    under: Campaign | None = None

    def check(self) -> tuple[date, date]:
        """The period of data. ValidationError says what is missing or cannot be."""
        if len(self.title.strip()) < LEAST_TITLE or len(self.text.strip()) < LEAST_TEXT:
            raise ValidationError(f"请写明名称（至少 {LEAST_TITLE} 个字）和治理内容（至少 {LEAST_TEXT} 个字）")
        if not self.kinds or set(self.kinds) - set(SUBJECTS):
            raise ValidationError(f"请选择治理对象：{'、'.join(SUBJECTS.values())}，至少一类")
        if not 1 <= len(set(self.focuses)) <= MOST_FOCUSES or set(self.focuses) - set(FOCUSES):
            raise ValidationError(f"请确定 1 至 {MOST_FOCUSES} 个治理重点")
        if self.data_begin is None or self.data_end is None or self.data_end < self.data_begin:
            raise ValidationError("请写明自查数据的起止日期，止日不能早于起日")
        self._check_phases()
        self._check_duties()
        for word, share in self.targets.items():
            if word not in TARGETS or not 0 < share <= 1:
                raise ValidationError("目标比例应大于 0、不超过 100%")
        if self.under:
            self._check_under(self.under)
        return self.data_begin, self.data_end

    def _check_phases(self) -> None:
        if not 1 <= len(self.phases) <= MOST_PHASES:
            raise ValidationError(f"请写明各阶段的起止日期，至少一个、最多 {MOST_PHASES} 个阶段")
        for one in self.phases:
            if one.kind not in PHASES or not one.title.strip():
                raise ValidationError("每个阶段都要选择类别、写明名称")
            if one.end < one.begin:
                raise ValidationError(f"阶段“{one.title}”的结束日期 {one.end} 早于开始日期 {one.begin}")

    def _check_duties(self) -> None:
        if len(self.duties) > MOST_DUTIES:
            raise ValidationError(f"报送任务最多 {MOST_DUTIES} 项")
        for one in self.duties:
            if one.kind not in DUTIES or one.to not in TO or not one.title.strip():
                raise ValidationError("每项报送任务都要写明事项、由谁报送和期限")

    def _check_under(self, above: Campaign) -> None:
        """The days of a plan below lie within those of the plan above, phase by phase."""
        for one in self.phases:
            same = list(above.phases.filter(kind=one.kind)) or list(above.phases.all())  # type: ignore[attr-defined]
            first, last = min(p.begin for p in same), max(p.end for p in same)
            if one.begin < first or one.end > last:
                raise ValidationError(
                    f"阶段“{one.title}”（{one.begin} 至 {one.end}）超出上级方案的 {first} 至 {last}，请调整到上级规定的时间以内"
                )
        if missing := [SUBJECTS[word] for word in self.kinds if word not in above.kinds]:
            raise ValidationError(f"上级方案的对象不含{'、'.join(missing)}，请在本地区另拟方案")
