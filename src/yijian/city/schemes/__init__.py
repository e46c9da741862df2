"""What is played in the city: for each rule a function that puts its hits and its lawful look-alikes on stage.

To add a rule: write its scene in its family's module and name it in the module's SCENES (and its grain in `labels.GRAINS` if a
finding is not about fee lines); put the goods and points it needs into `data/`. Each case takes a fresh person.
A rule that only looks codes up in a list needs no code: its cases stand in `data/scenes.toml` (see `listed`).
"""

from collections.abc import Callable

from yijian.city.goods import CONSUMABLES, DRUGS
from yijian.city.schemes import (
    admissions,
    agency,
    agency_money,
    benefits,
    card_use,
    care,
    charging,
    consistency,
    designation,
    dispensing,
    frequency,
    indicators,
    integrity,
    listed,
    overcharging,
    payment,
    substitution,
)
from yijian.city.stage import Stage

SCHEMES: dict[str, Callable[[Stage], None]] = {
    **consistency.SCENES,
    **payment.SCENES,
    **charging.SCENES,
    **admissions.SCENES,
    **dispensing.SCENES,
    **designation.SCENES,
    **listed.SCENES,
    **overcharging.SCENES,
    **substitution.SCENES,
    **integrity.SCENES,
    **frequency.SCENES,
    **card_use.SCENES,
    **benefits.SCENES,
    **agency.SCENES,
    **agency_money.SCENES,
    **care.SCENES,
    **indicators.SCENES,
}

RULES = (*(rule for rule in SCHEMES if rule not in indicators.SCENES), *indicators.RULES, DRUGS, CONSUMABLES)
"""Every rule that a city has hits and look-alikes for; the losses of stock are in the books of goods (`goods.py`)."""


def play(stage: Stage) -> None:
    """All scenes, in this order, so that a city is the same every time."""
    for scene in SCHEMES.values():
        scene(stage)
