"""Times without a place on the calendar: references (“now”), durations (“two-day”) and sets (“every Monday”)."""

from __future__ import annotations

from labeling.dates.english.amounts import Amount, duration
from labeling.dates.english.base import Context, Sense, Senses, rule
from labeling.dates.timex3 import describe_unplaced


@rule("date", "<reference>")
def _reference(_: Context, value: str) -> Senses:
    yield Sense(None, value, None, note=describe_unplaced(value))


@rule("date", "<recurring>")
def _recurring(_: Context, value: str) -> Senses:
    yield _set(value)


@rule("date", "every|each <unit>", "per <unit>", "once|twice a|every <unit>")
def _every_unit(_: Context, unit: str) -> Senses:
    yield _set(duration(Amount(1, unit)))


@rule("date", "every <amount>")
def _every_amount(_: Context, amount: Amount) -> Senses:
    yield _set(duration(amount))


@rule("date", "every|each <weekday>", "on? <weekdays>")
def _every_weekday(_: Context, weekday: int) -> Senses:
    yield _set(f"XXXX-WXX-{weekday + 1}")


@rule("date", "every|each <month>")
def _every_month(_: Context, month: int) -> Senses:
    yield _set(f"XXXX-{month + 1:02}")


@rule("date", "a|an <one_unit>")
def _a_unit(_: Context, unit: str) -> Senses:
    """“a year”: how long, or how often."""
    yield _how_long_sense(Amount(1, unit), None)
    yield _set(duration(Amount(1, unit)))


@rule("date", "for|over|during? <amount_mod>? <amount> -? long|old|period|history?")
def _how_long(_: Context, mod: str | None, amount: Amount) -> Senses:
    yield _how_long_sense(amount, mod)


@rule("date", "for|over|during? <amounts>")
def _how_long_between(_: Context, amounts: tuple[Amount, Amount]) -> Senses:
    """“two or three days”."""
    yield _how_long_sense(amounts[1]._replace(vague=True), None)


@rule("date", "for|over|during? many|several|the? <plural> -? long?")
def _how_long_plural(_: Context, amount: Amount) -> Senses:
    yield _how_long_sense(amount, None)


@rule("date", "for|over|during? <unit> -? long")
def _unit_long(_: Context, unit: str) -> Senses:
    yield _how_long_sense(Amount(1, unit), None)


def _how_long_sense(amount: Amount, mod: str | None) -> Sense:
    count = "several" if amount.vague else f"{amount.number:g}"
    plural = amount.unit if amount.number == 1 else "centuries" if amount.unit == "century" else f"{amount.unit}s"
    return Sense(
        None, duration(amount), None, mod=mod, timex_type="DURATION", note=f"{count} {plural}, a length of time"
    )


def _set(value: str) -> Sense:
    return Sense(None, value, None, timex_type="SET", note=f"again and again ({value})")
