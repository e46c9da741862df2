"""Administrative divisions (行政区划) as codes of six digits: 省 2, 市 4, 县 6 of them say where; 000000 is all."""


def prefix_of(division: str) -> str:
    """The digits that a division shares with all below it.

    >>> prefix_of("000000"), prefix_of("990000"), prefix_of("990100"), prefix_of("990102")
    ('', '99', '9901', '990102')
    """
    for length in (0, 2, 4):
        if not division[length:].strip("0"):
            return division[:length]
    return division


def within(division: str, other: str) -> bool:
    """Whether `other` is the division or lies in it.

    >>> within("990100", "990102"), within("990102", "990100")
    (True, False)
    """
    return other.startswith(prefix_of(division))


def common(divisions: set[str]) -> str:
    """The smallest division that holds all of these; '' for none.

    >>> common({"990102"}), common({"990102", "990105"}), common({"990102", "980000"}), common(set())
    ('990102', '990100', '000000', '')
    """
    if not divisions:
        return ""
    first = min(divisions)
    for length in (6, 4, 2):
        holder = first[:length].ljust(6, "0")
        if all(within(holder, one) for one in divisions):
            return holder
    return "000000"
