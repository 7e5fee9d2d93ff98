"""Reads a warehouse through ODBC, the tables as the driver lists them, and prints a line for each column."""

import sys

import pyodbc
from sums import print_column

# Without BigInt the driver reads whole numbers as 32 bits, and a larger one comes as another number, without an error.
warehouse = pyodbc.connect(f"Driver=SQLite3;Database={sys.argv[1]};NoCreat=1;BigInt=1", readonly=True)
cursor = warehouse.cursor()
tables = [row.table_name for row in cursor.tables(tableType="TABLE")]
for table in tables:
    # SQLite's own tables, and the list of migrations, are no part of the warehouse.
    if table.startswith(("sqlite_", "__")):
        continue
    columns = [(row.column_name, row.type_name) for row in cursor.columns(table=table) if row.table_name == table]
    rows = cursor.execute(f'SELECT * FROM "{table}"').fetchall()
    for index, (column, kind) in enumerate(columns):
        values = [bytes(row[index]) if isinstance(row[index], bytearray) else row[index] for row in rows]
        print_column(table, column, kind, values)
warehouse.close()
