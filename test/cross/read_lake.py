"""
cross/read_lake: asks PyIceberg or DuckDB's own reader what it sees in a table of the lake.

In: the engine, the catalogue's URL, a table, a snapshot id or "", a row filter or "".
Out: one JSON object: columns, rows as texts, files planned, properties.
Invariant: the lake is only read.
"""

import json
import sys

engine, url, name, snapshot, condition = sys.argv[1:6]


def text(value):
    return "null" if value is None else str(value)


if engine == "pyiceberg":
    from pyiceberg.catalog.rest import RestCatalog

    catalog = RestCatalog("lake", uri=url, token="key")
    table = catalog.load_table(name)
    scan = table.scan(**({"row_filter": condition} if condition else {}), snapshot_id=int(snapshot) if snapshot else None)
    arrow = scan.to_arrow()
    answer = {
        "tables": [".".join(found) for space in catalog.list_namespaces() for found in catalog.list_tables(space)],
        "columns": arrow.column_names,
        "rows": [[text(value) for value in row.values()] for row in arrow.to_pylist()],
        "files": len(list(scan.plan_files())),
        "properties": table.properties,
    }
else:
    import glob
    import os

    import duckdb

    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    site = os.path.dirname(os.path.dirname(duckdb.__file__))
    for extension in ["avro", "httpfs", "iceberg"]:
        [path] = glob.glob(f"{site}/duckdb_ext/extensions/v{duckdb.__version__}/*/{extension}.duckdb_extension")
        connection.execute(f"LOAD '{path}'")
    connection.execute(f"ATTACH '' AS lake (TYPE iceberg, ENDPOINT '{url}', TOKEN 'key')")
    at = f" AT (VERSION => {snapshot})" if snapshot else ""
    where = f" WHERE {condition}" if condition else ""
    found = connection.execute(f"SELECT * FROM lake.{name}{at}{where}")
    answer = {
        "columns": [column[0] for column in found.description],
        "rows": [[text(value) for value in row] for row in found.fetchall()],
    }
print(json.dumps(answer))
