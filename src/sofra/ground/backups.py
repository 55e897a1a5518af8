"""All data in one file and back, the same for SQLite and PostgreSQL, so that a backup of one restores into the other.

The file is a zip: `manifest.json` (version, the database's migrations, rows and SHA-256 of every part), one part a
table (`tables/<app>.<model>.jsonl`, a JSON array a row), the uploaded files (`files/…`). Its last 64 bytes are the
SHA-256 of all that stands before them: a file that lost or changed a single byte is refused before anything is read.

Sessions and the cache are left out: after a restore everybody signs in again.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

import sofra

FORMAT = "sofra-backup-1"
SEAL = 64  # characters of a SHA-256 in hexadecimal
CHUNK = 1024 * 1024
LEFT_OUT = {"sessions.session"}
FOLDERS = ("files", "imports")  # below the data folder: what people uploaded


class BackupRefused(Exception):
    """Why a backup cannot be made or restored, as a sentence."""


@dataclass
class Contents:
    """What a backup says of itself."""

    version: str
    made_at: str
    engine: str
    migrations: list[tuple[str, str]]
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)  # {"lines", "hash"} of the chain as of that moment

    @property
    def rows(self) -> int:
        return sum(part.get("rows", 0) for name, part in self.parts.items() if name.startswith("tables/"))

    @property
    def files(self) -> list[str]:
        return [name for name in self.parts if name.startswith("files/")]


def tables(registry: Any = apps) -> list[type[models.Model]]:
    """Every table that is backed up, many-to-many ones included, in a steady order."""
    found = [m for m in registry.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return sorted((m for m in found if m._meta.label_lower not in LEFT_OUT), key=lambda m: m._meta.label_lower)


def part_name(model: type[models.Model]) -> str:
    return f"tables/{model._meta.label_lower}.jsonl"


# Writing


def write_backup(target: Path, *, connection: Any, force: bool = False) -> Contents:
    """Write everything to `target`, consistent as of one moment, while the hub goes on.

    The file appears under its name only when it is whole. Raises BackupRefused where it exists and not `force`.
    """
    if target.exists() and not force:
        raise BackupRefused(f"{target} exists already: choose another name, or replace it with --force.")
    if not target.parent.is_dir():
        raise BackupRefused(f"The folder {target.parent} does not exist: make it first, or choose another.")
    migrations = sorted(MigrationRecorder(connection).applied_migrations())
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    contents = Contents(sofra.__version__, made_at, connection.vendor, migrations)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                with one_moment(connection):
                    contents.audit = _audit_of(connection)
                    for model in tables():
                        _write_table(archive, model, connection, contents)
                for path, name in uploaded():
                    _write_file(archive, path, name, contents)
                archive.writestr("manifest.json", _manifest(contents))
                archive.comment = b"0" * SEAL
            seal(file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return contents


def _audit_of(connection: Any) -> dict[str, Any]:
    """How many lines the chain has and the newest one's hash: kept with a backup, they show a later cut of its end."""
    from .models import AuditLine

    lines = AuditLine.objects.using(connection.alias)
    newest = lines.order_by("-id").values_list("hash", flat=True).first()
    return {"lines": lines.count(), "hash": newest or ""}


@contextmanager
def one_moment(connection: Any) -> Iterator[None]:
    """A read of the whole database as of one moment that keeps nobody from writing."""
    if connection.vendor == "sqlite":
        # A read transaction of WAL sees one moment; IMMEDIATE, which we write with, would lock writers out.
        connection.ensure_connection()
        mode = connection.transaction_mode
        connection.transaction_mode = "DEFERRED"
        try:
            with transaction.atomic(using=connection.alias):
                yield
        finally:
            connection.transaction_mode = mode
        return
    with transaction.atomic(using=connection.alias):
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _write_table(archive: zipfile.ZipFile, model: type[models.Model], connection: Any, contents: Contents) -> None:
    columns = model._meta.concrete_fields
    encoders = [_encoder(column) for column in columns]
    rows = model._base_manager.using(connection.alias).order_by("pk")
    digest, count = hashlib.sha256(), 0
    with archive.open(part_name(model), "w", force_zip64=True) as out:
        for row in rows.values_list(*[column.attname for column in columns]).iterator(chunk_size=2000):
            values = [encode(value) if encode else value for encode, value in zip(encoders, row, strict=True)]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            out.write(line)
            count += 1
    columns_named = [column.column for column in columns]
    contents.parts[part_name(model)] = {"sha256": digest.hexdigest(), "rows": count, "columns": columns_named}


def _encoder(column: Any) -> Callable[[Any], Any] | None:
    """How a value of this column becomes JSON; None where it is JSON already."""
    plain = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.FloatField)
    target = column
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, (*plain, models.JSONField)):
        return None
    if isinstance(target, models.BinaryField):
        return lambda value: None if value is None else bytes(value).hex()
    if isinstance(target, (models.DateTimeField, models.DateField, models.TimeField)):
        return lambda value: None if value is None else value.isoformat()
    return lambda value: None if value is None else str(value)


def _decoder(column: Any) -> Callable[[Any], Any] | None:
    """The way back: from JSON to what the column's field understands."""
    target = column
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, models.BinaryField):
        return lambda value: None if value is None else bytes.fromhex(value)
    return target.to_python if _encoder(column) else None


def uploaded() -> Iterator[tuple[Path, str]]:
    """What people uploaded: each file and its name in the backup."""
    for folder in FOLDERS:
        root = Path(settings.DATA) / folder
        for path in sorted(root.rglob("*")) if root.is_dir() else []:
            # Not what is still coming in, nor the locks of imports.
            if path.is_file() and not path.is_symlink() and not path.name.startswith(".") and path.suffix != ".work":
                yield path, "files/" + path.relative_to(settings.DATA).as_posix()


def _write_file(archive: zipfile.ZipFile, path: Path, name: str, contents: Contents) -> None:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as out:
        while block := source.read(CHUNK):
            digest.update(block)
            out.write(block)
            size += len(block)
    contents.parts[name] = {"sha256": digest.hexdigest(), "size": size}


def _manifest(contents: Contents) -> str:
    return json.dumps({"format": FORMAT, **vars(contents)}, indent=1, ensure_ascii=False)


def seal(file: IO[bytes]) -> None:
    """Put the SHA-256 of all but the last 64 bytes into the last 64 bytes."""
    size = file.seek(0, os.SEEK_END)
    digest = _digest_before_seal(file, size)
    file.seek(size - SEAL)
    file.write(digest.encode())


def _digest_before_seal(file: IO[bytes], size: int) -> str:
    digest, left = hashlib.sha256(), size - SEAL
    file.seek(0)
    while left > 0:
        block = file.read(min(CHUNK, left))
        if not block:
            break
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()


# Checking


@contextmanager
def opened(source: Path) -> Iterator[tuple[zipfile.ZipFile, Contents]]:
    """A backup whose every byte was checked. Raises BackupRefused with a sentence for anything else."""
    if not source.is_file():
        raise BackupRefused(f"There is no file {source}: give the path of a backup that `./sofra backup` made.")
    with source.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size < SEAL or file.read(4) != b"PK\x03\x04":
            raise BackupRefused(f"{source} is no backup of Sofra; nothing was changed.")
        file.seek(size - SEAL)
        if file.read(SEAL) != _digest_before_seal(file, size).encode():
            raise BackupRefused(
                f"{source} is damaged or not whole (its seal does not fit), or no backup of Sofra: "
                "copy it again from where it was made; nothing was changed."
            )
        try:
            with zipfile.ZipFile(file) as archive:
                contents = _contents(archive)
                _check_parts(archive, contents)
                yield archive, contents
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
            raise BackupRefused(f"{source} is no backup that can be read; nothing was changed.") from error


def _contents(archive: zipfile.ZipFile) -> Contents:
    said = json.loads(archive.read("manifest.json"))
    if said.pop("format") != FORMAT:
        raise BackupRefused("This backup is of a kind that this version of Sofra does not know; nothing was changed.")
    said["migrations"] = [(app, name) for app, name in said["migrations"]]
    return Contents(**said)


def _check_parts(archive: zipfile.ZipFile, contents: Contents) -> None:
    """The parts are those that the manifest names, each with its own SHA-256, none with a path out of the folder."""
    if set(archive.namelist()) != {*contents.parts, "manifest.json"}:
        raise BackupRefused("The backup holds other parts than its manifest names; nothing was changed.")
    if any(_leads_astray(name) for name in contents.parts):
        raise BackupRefused("The backup holds a file outside its folder; nothing was changed.")
    room = shutil.disk_usage(_nearest(Path(settings.DATA))).free
    if (needed := sum(info.file_size for info in archive.infolist())) > room:
        raise BackupRefused(
            f"The backup unpacks to {needed // 1_000_000:,} MB and the disk has {room // 1_000_000:,} MB free: "
            "free some space, or find out why it is so large; nothing was changed."
        )
    for name, part in contents.parts.items():
        digest = hashlib.sha256()
        with archive.open(name) as source:
            while block := source.read(CHUNK):
                digest.update(block)
        if digest.hexdigest() != part["sha256"]:
            raise BackupRefused(f"The part {name} of the backup is damaged; nothing was changed.")


def _leads_astray(name: str) -> bool:
    """Is this neither a table nor a file below a folder of uploads? The database and static files are no uploads."""
    parts = Path(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name:
        return True
    if name.startswith("tables/"):
        return len(parts) != 2
    return len(parts) < 3 or parts[0] != "files" or parts[1] not in FOLDERS


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return folder if folder.exists() else _nearest(folder.parent)


def check_fits(contents: Contents) -> None:
    """Raises BackupRefused where this version cannot take the backup: it was made by a newer one."""
    known = set(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)
    ours = {app.label for app in apps.get_app_configs()}
    foreign = [f"{app}.{name}" for app, name in contents.migrations if app in ours and (app, name) not in known]
    if foreign:
        raise BackupRefused(
            f"The backup was made by a newer Sofra ({contents.version}; this one is {sofra.__version__}, and does not "
            f"know {foreign[0]}): update Sofra first; nothing was changed."
        )


# Reading


def fill(archive: zipfile.ZipFile, contents: Contents, *, connection: Any, registry: Any) -> int:
    """Put the backup's rows into empty tables of the same shape. Returns their number."""
    total = 0
    models_here = [model for model in tables(registry) if part_name(model) in contents.parts]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # a migration before may have made them immediate
        for model in models_here:  # what migrations themselves put in (content types)
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
        for model in models_here:
            total += _fill_table(cursor, archive, contents, model, connection)
        for statement in connection.ops.sequence_reset_sql(no_style(), models_here):
            cursor.execute(statement)
    connection.check_constraints()
    return total


def _fill_table(cursor: Any, archive: zipfile.ZipFile, contents: Contents, model: Any, connection: Any) -> int:
    by_name = {column.column: column for column in model._meta.concrete_fields}
    columns = contents.parts[part_name(model)]["columns"]
    if set(columns) - set(by_name):
        raise BackupRefused(f"The backup's table {model._meta.label} has another shape; nothing was changed.")
    fields = [by_name[name] for name in columns]
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 names of our own tables
    decoders = [_decoder(column) for column in fields]
    total = 0
    with archive.open(part_name(model)) as source:
        while lines := list(islice(source, 1000)):
            batch = []
            for line in lines:
                row = [d(v) if d else v for d, v in zip(decoders, json.loads(line), strict=True)]
                batch.append([f.get_db_prep_save(v, connection) for f, v in zip(fields, row, strict=True)])
            cursor.executemany(statement, batch)
            total += len(batch)
    return total


def unpack_files(archive: zipfile.ZipFile, contents: Contents, into: Path) -> None:
    """The uploaded files, below `into`, which is emptied first."""
    shutil.rmtree(into, ignore_errors=True)
    for name in contents.files:
        target = into / Path(name).relative_to("files")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, CHUNK)
