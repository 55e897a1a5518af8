"""The table of the cache, which counts sign-in attempts for all workers together."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def make_table(apps: Any, schema_editor: Any) -> None:
    call_command("createcachetable", "ground_cache", database=schema_editor.connection.alias, verbosity=0)


def drop_table(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE IF EXISTS ground_cache")


class Migration(migrations.Migration):
    dependencies = [("ground", "0002_append_only")]
    operations = [migrations.RunPython(make_table, drop_table)]
