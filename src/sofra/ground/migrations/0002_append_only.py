"""The database itself refuses to alter the audit; and the table of the shared cache."""

from django.core.management import call_command
from django.db import migrations

SQLITE = """
CREATE TRIGGER ground_auditline_no_update BEFORE UPDATE ON ground_auditline
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER ground_auditline_no_delete BEFORE DELETE ON ground_auditline
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""
POSTGRESQL = """
CREATE FUNCTION ground_auditline_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$;
CREATE TRIGGER ground_auditline_no_change BEFORE UPDATE OR DELETE ON ground_auditline
FOR EACH ROW EXECUTE FUNCTION ground_auditline_refuse();
"""


def guard(apps, editor):
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "sqlite":
            for statement in SQLITE.split("END;"):
                if statement.strip():
                    cursor.execute(statement + "END;")
        else:
            cursor.execute(POSTGRESQL)


def cache_table(apps, editor):
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("ground", "0001_initial")]
    operations = [
        migrations.RunPython(guard, migrations.RunPython.noop),
        migrations.RunPython(cache_table, migrations.RunPython.noop),
    ]
