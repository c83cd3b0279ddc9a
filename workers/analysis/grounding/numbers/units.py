"""Compares times and sizes in other units: 121.7 hours as five days."""

from decimal import Decimal, InvalidOperation

from workers.analysis.grounding.numbers.read import Number

_SECONDS = {"us": "0.000001", "ms": "0.001", "s": "1", "min": "60", "h": "3600", "day": "86400", "week": "604800"}
_BYTES = {"KB": 1, "MB": 2, "GB": 3, "TB": 4, "PB": 5}
_HERTZ = {"Hz": "1", "kHz": "1000", "MHz": "1000000", "GHz": "1000000000"}
_METRES = {"mm": "0.001", "cm": "0.01", "km": "1000"}
_WATTS = {"W": "1", "kW": "1000"}


def converted(value: Decimal, unit: str, wanted: str) -> list[Decimal]:
    """A value in another unit of the same kind; [] where there is no way.

    Bytes count by thousands and by 1,024.
    """
    if unit in _BYTES and wanted in _BYTES:
        power = _BYTES[unit] - _BYTES[wanted]
        return [value * Decimal(base) ** power for base in (1000, 1024)]
    for units in (_SECONDS, _HERTZ, _METRES, _WATTS):
        if unit in units and wanted in units:
            return [value * Decimal(units[unit]) / Decimal(units[wanted])]
    return []


def inverse(said: Number, there: Number) -> bool:
    """True where one is n times and the other an nth."""
    for part, times in ((said, there), (there, said)):
        top, _, low = part.value.rstrip("%").partition("/")
        if times.unit == "x":
            try:
                share = Decimal(top) / Decimal(low) if low else Decimal(top) / 100 if part.unit == "%" else Decimal(0)
                if share and share * Decimal(times.value) == 1:
                    return True
            except (InvalidOperation, ZeroDivisionError):
                continue
    return False
