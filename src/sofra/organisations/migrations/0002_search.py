"""Full-text search by what each database brings (FTS5, GIN), and byte order for codes and sort keys on PostgreSQL.

SQLite drops a table's triggers when a later migration remakes the table: such a migration must run `build` again.
"""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE organisations_search USING fts5(
        searchable, content='organisations_organisation', content_rowid='id', tokenize='ascii', prefix='2 3')""",
    """CREATE TRIGGER organisations_search_insert AFTER INSERT ON organisations_organisation BEGIN
        INSERT INTO organisations_search(rowid, searchable) VALUES (new.id, new.searchable); END""",
    """CREATE TRIGGER organisations_search_delete AFTER DELETE ON organisations_organisation BEGIN
        INSERT INTO organisations_search(organisations_search, rowid, searchable)
        VALUES ('delete', old.id, old.searchable); END""",
    """CREATE TRIGGER organisations_search_update AFTER UPDATE OF searchable ON organisations_organisation BEGIN
        INSERT INTO organisations_search(organisations_search, rowid, searchable)
        VALUES ('delete', old.id, old.searchable);
        INSERT INTO organisations_search(rowid, searchable) VALUES (new.id, new.searchable); END""",
]
POSTGRESQL = [
    """CREATE INDEX organisations_search ON organisations_organisation
        USING gin (to_tsvector('simple', searchable)) WITH (fastupdate = off)""",
    'ALTER TABLE organisations_organisation ALTER COLUMN sort_key TYPE varchar(300) COLLATE "C"',
    'ALTER TABLE organisations_organisation ALTER COLUMN code TYPE varchar(80) COLLATE "C"',
]


def build(apps, editor):
    with editor.connection.cursor() as cursor:
        for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
