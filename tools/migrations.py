"""sql/migrations and sql/seed → the tables of src/db/migrate.h."""

import hashlib
import re

import emit

MIGRATION = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql$")
SEED = re.compile(r"(?:[0-9]+_)?([a-z0-9_]+)\.sql$")
# Each file runs in one transaction that is not its own to end.
TRANSACTION = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK|START\s+TRANSACTION)\s*;", re.IGNORECASE | re.MULTILINE)


def read(path, refusals):
    """The SQL of a file, refusing what libpq could not run as it stands."""
    content = path.read_bytes()
    try:
        sql = content.decode()
    except UnicodeDecodeError:
        refusals.add(path.name, "not UTF-8")
        return ""
    if "\0" in sql or sql.startswith("\ufeff"):
        refusals.add(path.name, "a NUL or a byte order mark")
    if re.search(r"^\\", sql, re.MULTILINE):
        refusals.add(path.name, "a psql command (a line that begins with a backslash)")
    if TRANSACTION.search(sql):
        refusals.add(path.name, "it runs in a transaction, and may not begin or end one")
    return sql


def source(folder, refusals):
    """migrations.c, from the folder that has migrations/ and seed/."""
    return "\n".join([
        f'{emit.BANNER}#include "db/migrate.h"\n',
        _migrations(sorted((folder / "migrations").glob("*.sql")), refusals),
        _seeds(sorted((folder / "seed").glob("*.sql")), refusals),
    ])


def _migrations(paths, refusals):
    rows, versions = [], set()
    for path in paths:
        name = MIGRATION.match(path.name)
        if not name:
            refusals.add(path.name, "a migration is named NNNN_words.sql")
            continue
        if int(name[1]) in versions:
            refusals.add(path.name, "its number is another migration's")
        versions.add(int(name[1]))
        sql = read(path, refusals)
        digest = hashlib.sha256(sql.encode()).hexdigest()
        rows.append(f"{{{int(name[1])}, {emit.string(path.name)},\n\t{emit.string(sql)},\n\t{emit.string(digest)}}}")
    return emit.array("const struct migration migration_list[]", rows) + f"const size_t migration_count = {len(rows)};\n"


def _seeds(paths, refusals):
    rows, names = [], set()
    for path in paths:
        name = SEED.match(path.name)
        if not name or name[1] in names:
            refusals.add(path.name, "a seed is named NN_words.sql, with words of its own")
            continue
        names.add(name[1])
        rows.append(f"{{{emit.string(name[1])},\n\t{emit.string(read(path, refusals))}}}")
    return emit.array("const struct seed seed_list[]", rows) + f"const size_t seed_count = {len(rows)};\n"
