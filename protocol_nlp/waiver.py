"""Which of several requirements an announced permission frees from: those whose words it says again."""

from __future__ import annotations

from dataclasses import replace

from protocol_nlp.tree import And, Comparison, Condition, Expr, Opaque, Unless, hull, walk

_STEM = 5  # letters in which "treated" and "treatment" agree


def waived(rule: Expr, exempt: Expr, words: str) -> Expr | None:
    """ "Sarcoma, failure of first-line treatment, ECOG 0-1. However, the following types can be treated first-line: …"
    frees the types from the failure alone, and they have to meet the rest; null where the words name none of the
    requirements, or all of them."""
    if not isinstance(rule, And) or not rule.implied:
        return None
    stems = _stems(words)
    named = [bool(stems & _said(operand)) for operand in rule.operands]
    first = named.index(True) if True in named else 0
    last = len(named) - named[::-1].index(True) if True in named else 0
    if not all(named[first:last]) or not 0 < last - first < len(named):
        return None
    freed = rule.operands[first:last]
    inner = freed[0]
    if len(freed) > 1:
        span = hull([o.span for o in freed])
        inner = replace(rule, operands=freed, span=span, marks=tuple(m for m in rule.marks if span.holds(m)))
    made = Unless(span=inner.span.cover(exempt.span), operand=inner, exception=exempt)
    operands = (*rule.operands[:first], made, *rule.operands[last:])
    marks = rule.marks if len(freed) == 1 else tuple(m for m in rule.marks if not inner.span.holds(m))
    return replace(rule, operands=operands, span=rule.span.cover(exempt.span), marks=marks)


def _stems(words: str) -> frozenset[str]:
    parts = words.lower().replace("-", " ").split()
    return frozenset(w[:_STEM] for w in parts if len(w) >= _STEM and w.isalpha())


def _said(node: Expr) -> frozenset[str]:
    found: set[str] = set()
    for part in walk(node):
        match part:
            case Condition():
                found |= _stems(part.concept.text)
            case Comparison() if part.measure is not None:
                found |= _stems(part.measure.text)
            case Opaque():
                found |= _stems(part.text)
            case _:
                pass
    return frozenset(found)


__all__ = ["waived"]
