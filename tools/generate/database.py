"""sql/tables, sql/logic, sql/labels.sql, sql/migrations and sql/seed → the tables of src/db/migrate.h."""

import hashlib
import re

import emit

MIGRATION = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql$")
SEED = re.compile(r"(?:[0-9]+_)?([a-z0-9_]+)\.sql$")
# Each file runs in one transaction that is not its own to end.
TRANSACTION = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK|START\s+TRANSACTION)\s*;", re.IGNORECASE | re.MULTILINE)
MAKES = re.compile(r"^CREATE (OR REPLACE )?(?:FUNCTION|(?:MATERIALIZED )?VIEW|TABLE|TYPE) (\w+)", re.MULTILINE)
# What PostgreSQL looks at while it makes something: neither comments nor what is quoted, a function's body least of all.
QUOTED = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\$\$.*?\$\$", re.DOTALL)
USES = re.compile(r"\b(\w+)\s*\(|\b(?:FROM|JOIN|SETOF|RETURNS)\s+(\w+)")


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


def digest(texts):
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def source(folder, refusals):
    """database.c, from the folder that has tables/, logic/, labels.sql, migrations/ and seed/."""
    tables = _read_all(folder, sorted((folder / "tables").glob("*.sql")), refusals)
    logic = _read_all(folder, [*sorted((folder / "logic").rglob("*.sql")), *folder.glob("labels.sql")], refusals)
    _check_names({**tables, **logic}, refusals)
    logic = _in_order(logic, refusals)
    migrations = _migrations(sorted((folder / "migrations").glob("*.sql")), refusals)
    # What an asterisk stands for is settled when a view is made: each migration has the logic made anew.
    schema = "logic_" + digest([*logic.values(), *(row.digest for row in migrations)])[:12]
    return "\n".join([
        f'{emit.BANNER}#include "db/migrate.h"\n',
        _files("tables", tables) + f'const char tables_digest[] = {emit.string(digest(tables.values()))};\n'
        + f"const int tables_version = {max((row.version for row in migrations), default=0)};\n",
        _files("logic", logic) + f'const char logic_schema[] = "{schema}";\nconst char logic_search_path[] = "{schema}, public";\n',
        emit.array("const struct migration migration_list[]", [row.literal() for row in migrations])
        + f"const size_t migration_count = {len(migrations)};\n",
        _seeds(sorted((folder / "seed").glob("*.sql")), refusals),
    ])


def _read_all(folder, paths, refusals):
    """{"logic/plans.sql": text}"""
    return {str(path.relative_to(folder)): read(path, refusals) for path in paths}


def _check_names(files, refusals):
    """One name is one thing, and made once."""
    made = {}
    for name, sql in files.items():
        for replaces, thing in MAKES.findall(sql):
            if replaces:
                refusals.add(name, f"{thing} is replaced; change it where it is made")
            elif thing in made:
                refusals.add(name, f"{thing} is made in {made[thing]} already")
            else:
                made[thing] = name


def _in_order(files, refusals):
    """The files, each after those that make what it uses; those that have nothing to do with each other by name."""
    makers = {thing: name for name, sql in files.items() for _, thing in MAKES.findall(sql)}
    needs = {}
    for name, sql in files.items():
        used = {word for pair in USES.findall(QUOTED.sub(" ", sql)) for word in pair}
        needs[name] = {makers[word] for word in used if word in makers} - {name}
    ordered = {}
    while len(ordered) < len(files):
        ready = [name for name in files if name not in ordered and needs[name] <= ordered.keys()]
        if not ready:
            circle = sorted(set(files) - ordered.keys())
            refusals.add(circle[0], f"it and others use each other: {', '.join(circle)}")
            return files
        ordered[ready[0]] = files[ready[0]]
    return ordered


class _Migration:
    def __init__(self, version, name, sql):
        self.version, self.name, self.sql, self.digest = version, name, sql, digest([sql])

    def literal(self):
        return f"{{{self.version}, {emit.string(self.name)},\n\t{emit.string(self.sql)},\n\t{emit.string(self.digest)}}}"


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
        rows.append(_Migration(int(name[1]), path.name, read(path, refusals)))
    return rows


def _files(what, files):
    rows = [f"{{{emit.string(name)},\n\t{emit.string(sql)}}}" for name, sql in files.items()]
    return emit.array(f"const struct sql_file {what}_list[]", rows) + f"const size_t {what}_count = {len(rows)};\n"


def _seeds(paths, refusals):
    rows, names = [], set()
    for path in paths:
        name = SEED.match(path.name)
        if not name or name[1] in names:
            refusals.add(path.name, "a seed is named NN_words.sql, with words of its own")
            continue
        names.add(name[1])
        rows.append(f"{{{emit.string(name[1])},\n\t{emit.string(read(path, refusals))}}}")
    return emit.array("const struct sql_file seed_list[]", rows) + f"const size_t seed_count = {len(rows)};\n"
