"""What the readers in Python print of a column; Reader.java and reference.js say the same in their languages."""

import calendar
import datetime

# What a driver must give for a column of this type; a bool would pass for an int, and a datetime for a date.
kinds = {
    "INTEGER": int,
    "DOUBLE": float,
    "BOOLEAN": bool,
    "DATE": datetime.date,
    "DATETIME": datetime.datetime,
    "TEXT": str,
    "BLOB": bytes,
}

# Every value becomes a whole number: all languages make the same sum of whole numbers, in any order.
numbers = {
    "INTEGER": lambda value: value,
    "DOUBLE": lambda value: int(value * 1_000_000),
    "BOOLEAN": int,
    "DATE": lambda value: value.toordinal() - datetime.date(1970, 1, 1).toordinal(),
    "DATETIME": lambda value: calendar.timegm(value.timetuple()),
    "TEXT": len,
    "BLOB": len,
}


def print_column(table, column, kind, read):
    """Prints the line of a column: how many rows it has, how many values, and their sum, least and most."""
    values = [value for value in read if value is not None]
    for value in values:
        if type(value) is not kinds[kind]:
            raise TypeError(f"{table}.{column} is {kind} and was read as {type(value).__name__}: {value!r}")
        if kind == "DATETIME" and value.microsecond != 0:
            raise ValueError(f"{table}.{column} has a fraction of a second: {value!r}")
    whole = [numbers[kind](value) for value in values]
    least, most = (min(whole), max(whole)) if whole else ("-", "-")
    print(table, column, kind, len(read), len(values), sum(whole), least, most, sep="\t")
