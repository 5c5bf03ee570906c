"""The demo's lake in Python: tables, what sold best, and a table as it was one snapshot ago."""

from pyiceberg.catalog.rest import RestCatalog

catalog = RestCatalog("hemline", uri="http://127.0.0.1:8787/iceberg", token="demo")
for namespace in catalog.list_namespaces():
    for name in catalog.list_tables(namespace):
        print(".".join(name))

sales = catalog.load_table("mart.sales_daily").scan(selected_fields=("article_type", "units")).to_arrow()
by_type = sales.group_by("article_type").aggregate([("units", "sum")]).sort_by([("units_sum", "descending")])
print(by_type.slice(0, 10).to_pylist())

events = catalog.load_table("clean.clickstreams")
snapshots = events.history()
print(f"{events.scan().count()} events now")
if len(snapshots) > 1:
    print(f"{events.scan(snapshot_id=snapshots[-2].snapshot_id).count()} events one snapshot ago")

# Only files of this type's partitions and bounds are opened.
carts = events.scan(row_filter="event_type = 'add_to_cart'", selected_fields=("product_id",))
print(f"{carts.to_arrow().num_rows} times something went into a cart, in {len(list(carts.plan_files()))} files")
