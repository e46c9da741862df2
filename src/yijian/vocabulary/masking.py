"""Names and certificate numbers as screens show them to those whose task does not need them in full."""


def masked_name(name: str) -> str:
    """
    >>> masked_name("张小三"), masked_name("李四"), masked_name("")
    ('张**', '李*', '')
    """
    return name[:1] + "*" * (len(name) - 1)


def masked_number(number: str) -> str:
    """The first four and last two characters of a certificate, account or telephone number.

    >>> masked_number("999999199001010012"), masked_number("13000001111"), masked_number("123")
    ('9999************12', '1300*****11', '***')
    """
    return "*" * len(number) if len(number) < 8 else number[:4] + "*" * (len(number) - 6) + number[-2:]


def masked(column: str, value: str) -> str:
    """An identity value masked as its column asks: names by their first character, all else by first and last ones."""
    return masked_name(value) if column.endswith("_name") else masked_number(value)
