"""Codes, paths and sort keys compare byte by byte on PostgreSQL too, as SQLite does by itself."""

from django.db import migrations


def byte_order(apps, editor):
    if editor.connection.vendor == "postgresql":
        for column, length in (("path", 160), ("sort_key", 160)):
            editor.execute(f'ALTER TABLE places_place ALTER COLUMN {column} TYPE varchar({length}) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [migrations.RunPython(byte_order, migrations.RunPython.noop)]
