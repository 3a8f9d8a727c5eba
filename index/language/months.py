"""The names of months and weekdays, and how a month stands in a text."""

MONTHS = "january february march april may june july august september october november december".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
# A month in full or abbreviated, as the group "month" of a regular expression.
MONTH_PATTERN = (
    "(?P<month>" + "|".join(f"{m}|{m[:3]}" + ("|sept" if m == "september" else "") for m in MONTHS) + ")"
)


def month_number(name: str) -> int:
    """The number of a month, which may be abbreviated, from 1 to 12."""
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))
