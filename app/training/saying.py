"""Numbers as people read them."""


def share(value: float) -> str:
    """Returns a share in hundredths, one digit after the point only where it is small."""
    hundredths = 100 * value
    digits = 1 if 0 < abs(hundredths) < 9.95 else 0
    return f"{hundredths:.{digits}f} %"


def chance(p: float) -> str:
    """Returns a p-value in three digits after the point, or that it is below what they show."""
    return f"{p:.3f}" if p >= 0.001 else "less than 0.001"
