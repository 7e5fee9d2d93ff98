"""Reads a warehouse through SQLAlchemy, as types that it reflects from the file, and prints a line for each column."""

import sys

from sqlalchemy import MetaData, Table, create_engine, inspect, select
from sums import print_column

engine = create_engine(f"sqlite:///file:{sys.argv[1]}?mode=ro&uri=true")
with engine.connect() as connection:
    for name in inspect(connection).get_table_names():
        if name.startswith(("sqlite_", "__")):
            continue
        table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
        rows = connection.execute(select(table)).fetchall()
        for index, column in enumerate(table.columns):
            # Before version 2, SQLAlchemy calls the type DOUBLE of SQLite FLOAT.
            kind = "DOUBLE" if str(column.type) == "FLOAT" else str(column.type)
            print_column(name, column.name, kind, [row[index] for row in rows])
