"""The same bound in the other unit that laboratories use; only by an exact factor or a known molar mass."""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache

from protocol_nlp.display import amount, number
from protocol_nlp.lexicon import Customary, Unit, customary_units, units
from protocol_nlp.phrases import signs
from protocol_nlp.tree import Comparison, Quantity

DIGITS = 4  # of a number that came out of a division; an exact one keeps all of its digits


def other_unit(node: Comparison) -> str:
    """The bound in another customary unit, with ≈ where it was rounded; empty where there is none or none is known.

    A bound that the entry itself states in a second unit is shown as the entry states it.
    """
    if node.alternatives:
        return "; ".join(map(signs, node.alternatives)) + " (in the entry)"
    row = _rows().get(node.measure.id or "") if node.measure else None
    if row is None or node.quantity.reference or node.quantity.unit not in _units():
        return ""
    for unit in row.units:
        factor = _factor(node.quantity.unit or "", unit, row)
        if unit != node.quantity.unit and factor is not None and factor != 1:
            exact = _units()[node.quantity.unit or ""].dimension == _units()[unit].dimension
            return _converted(node.quantity, unit, factor, exact=exact)
    return ""


def _factor(given: str, wanted: str, row: Customary) -> Decimal | None:
    """What a number of `given` is multiplied by to be one of `wanted`."""
    other = _units()[wanted]
    one = in_canonical(Decimal(1), given, other.dimension, row.measure)
    if one is None or other.factor is None:
        return None
    with localcontext() as context:
        context.prec = 40
        return one[0] / other.factor


def in_canonical(value: Decimal, unit: str, dimension: str, measure: str) -> tuple[Decimal, bool] | None:
    """A value of a measure in the canonical unit of a dimension, and whether it is exact.

    Null where no factor of the unit table and no molar mass of the measure lead there.
    """
    row, known = _rows().get(measure), _units()[unit]
    mass = row.molar_mass if row else None
    if known.factor is None:
        return None
    with localcontext() as context:
        context.prec = 60
        sized = value * known.factor
        match known.dimension, dimension:
            case a, b if a == b:
                return sized, True
            case "mass_concentration", "molar_concentration" if mass:
                return sized * 1000 / mass, False
            case "molar_concentration", "mass_concentration" if mass:
                return sized * mass / 1000, False
            case _:
                return None


def _converted(quantity: Quantity, unit: str, factor: Decimal, *, exact: bool) -> str:
    ends = [value for value in (quantity.low, quantity.high) if value is not None]
    if not ends or not all(value.is_finite() and abs(value.adjusted()) < 12 for value in ends):
        return ""
    made = {value: _rounded(value, factor, exact=exact) for value in ends}
    text = signs(
        quantity,
        size=lambda value: amount(number(made[value][0]), unit, one=made[value][0] == 1),
    )
    return text if all(kept for _, kept in made.values()) else f"≈ {text}"


def _rounded(value: Decimal, factor: Decimal, *, exact: bool) -> tuple[Decimal, bool]:
    """The converted number, and whether it is exact; a molar mass is itself a rounded number."""
    with localcontext() as context:
        context.prec = 30
        whole = value * factor
        if exact and len(whole.normalize().as_tuple().digits) <= 8:
            return _plain(whole), True
        context.prec = DIGITS
        return _plain(+whole), False


def _plain(value: Decimal) -> Decimal:
    """Without an exponent and without zeros at the end of a fraction."""
    whole = value.normalize()
    return whole.quantize(Decimal(1)) if whole.as_tuple().exponent > 0 else whole  # type: ignore[operator]


@cache
def _rows() -> dict[str, Customary]:
    return {row.measure: row for row in customary_units()}


@cache
def _units() -> dict[str, Unit]:
    return {row.ucum: row for row in units()}
