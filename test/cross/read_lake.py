"""
cross/read_lake: asks PyIceberg what it sees in a table of the lake.

In: the path of a metadata.json, a row filter or "".
Out: one JSON object: rows, files planned, checkpoint property.
Invariant: the lake is only read.
"""

import json
import sys

from pyiceberg.table import StaticTable

table = StaticTable.from_metadata(sys.argv[1])
scan = table.scan(row_filter=sys.argv[2]) if sys.argv[2] else table.scan()
rows = scan.to_arrow().to_pylist()
print(json.dumps({"rows": rows, "files": len(list(scan.plan_files())), "properties": table.properties}, default=str))
