"""Reads each table of a warehouse into a DataFrame of typed columns, and prints a line for each column."""

import sqlite3
import sys

import pandas
from sums import print_column

formats = {"DATE": "%Y-%m-%d", "DATETIME": "%Y-%m-%d %H:%M:%S"}
dtypes = {"INTEGER": "Int64", "BOOLEAN": "boolean", "DOUBLE": "float64", "TEXT": "string"}


def listed(column):
    """The values as Python has them, so that they can be summed like those of the other readers."""
    if column.dtype == "datetime64[ns]":
        return [None if value is pandas.NaT else value.to_pydatetime() for value in column]
    return [None if pandas.isna(value) else value for value in column.astype(object)]


warehouse = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
tables = [name for (name,) in warehouse.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
for table in tables:
    if table.startswith(("sqlite_", "__")):
        continue
    columns = {name: kind for _, name, kind, *_ in warehouse.execute(f'PRAGMA table_info("{table}")')}
    columns = {name: kind.upper() for name, kind in columns.items()}
    frame = pandas.read_sql_query(
        f'SELECT * FROM "{table}"',
        warehouse,
        dtype={name: dtypes[kind] for name, kind in columns.items() if kind in dtypes},
        # Without "raise" pandas makes an unreadable date a missing one, or leaves the whole column as it is.
        parse_dates={
            name: {"format": formats[kind], "errors": "raise"} for name, kind in columns.items() if kind in formats
        },
    )
    for name, kind in columns.items():
        if frame[name].dtype == object and kind != "BLOB":
            raise TypeError(f"{table}.{name} is {kind} and was left as objects")
        values = listed(frame[name])
        # To pandas a day is its midnight.
        if kind == "DATE" and not (frame[name].dropna() == frame[name].dropna().dt.normalize()).all():
            raise ValueError(f"{table}.{name} is {kind} and has times of day")
        days = [value and value.date() for value in values] if kind == "DATE" else values
        print_column(table, name, kind, days)
warehouse.close()
