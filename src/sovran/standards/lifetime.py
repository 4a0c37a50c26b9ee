# SPDX-License-Identifier: Apache-2.0
"""Until when the result of a testcase counts (SCS-0003, validity of results)."""

import datetime

from sovran.model.claim import Lifetime

_MONTHS = {Lifetime.MONTH: 1, Lifetime.QUARTER: 3}
"""Months of the periods that begin with a month."""
_DAYS_OF_WEEK = 7


def expiry(lifetime: Lifetime, checked: datetime.date) -> datetime.date:
    """The day at whose beginning a result of the day `checked` stops to count.

    A result counts to the end of the period that follows the one in which it was obtained; for a year, to the end of
    the month that follows, one year later (SCS-0003, v1).
    """
    if lifetime is Lifetime.DAY:
        return checked + datetime.timedelta(days=2)
    if lifetime is Lifetime.WEEK:
        return checked + datetime.timedelta(days=2 * _DAYS_OF_WEEK - checked.weekday())
    if lifetime is Lifetime.YEAR:
        return _first_of_month(checked.year + 1, checked.month + 2)
    length = _MONTHS[lifetime]
    first = checked.month - (checked.month - 1) % length
    return _first_of_month(checked.year, first + 2 * length)


def _first_of_month(year: int, month: int) -> datetime.date:
    """The first day of a month; months beyond December are those of the years after."""
    return datetime.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
