"""Full-text search over activities (FTS5, GIN), and byte order for partial dates and sort keys on PostgreSQL.

As the registry's: SQLite drops a table's triggers when a later migration remakes it; such a one runs `build` again.
"""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE activities_search USING fts5(
        searchable, content='activities_activity', content_rowid='id', tokenize='ascii', prefix='2 3')""",
    """CREATE TRIGGER activities_search_insert AFTER INSERT ON activities_activity BEGIN
        INSERT INTO activities_search(rowid, searchable) VALUES (new.id, new.searchable); END""",
    """CREATE TRIGGER activities_search_delete AFTER DELETE ON activities_activity BEGIN
        INSERT INTO activities_search(activities_search, rowid, searchable)
        VALUES ('delete', old.id, old.searchable); END""",
    """CREATE TRIGGER activities_search_update AFTER UPDATE OF searchable ON activities_activity
        WHEN old.searchable <> new.searchable BEGIN
        INSERT INTO activities_search(activities_search, rowid, searchable)
        VALUES ('delete', old.id, old.searchable);
        INSERT INTO activities_search(rowid, searchable) VALUES (new.id, new.searchable); END""",
]
POSTGRESQL = [
    """CREATE INDEX activities_search ON activities_activity
        USING gin (to_tsvector('simple', searchable)) WITH (fastupdate = off)""",
    *(
        f'ALTER TABLE activities_{table} ALTER COLUMN {column} TYPE varchar({length}) COLLATE "C"'
        for table in ("activity", "project")
        for column, length in (("sort_key", 300), ("begins", 10), ("ends", 10))
    ),
]


def build(apps, editor):
    with editor.connection.cursor() as cursor:
        for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
