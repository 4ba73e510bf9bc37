"""Named statements → statements.c and statements.h, in the shapes of src/db/statement.h."""

import emit
from queries import Parameter


def pieces(statement):
    """(text, parameter index or -1, optional line index or -1), in order."""
    parameters, found, optional = statement.parameters, [], 0
    text, last = "", len(statement.lines) - 1
    for i, line in enumerate(statement.lines):
        index = -1
        if line.conditions:
            index, optional = optional, optional + 1
            if text:
                found.append((text, -1, -1))
                text = ""
        for part in line.parts:
            if isinstance(part, Parameter):
                found.append((text, parameters.index(part.name), index))
                text = ""
            else:
                text += part
        text += "\n" if i != last else ""
        if line.conditions and text:
            found.append((text, -1, index))
            text = ""
    if text:
        found.append((text, -1, -1))
    return found


def source(statements):
    """statements.c."""
    out = [emit.BANNER, '#include "statements.h"\n\n']
    for statement in statements:
        out.append(_tables(statement))
    names = sorted(name for statement in statements for name in statement.names)
    rows = [f"&statement_{name}" for name in names]
    out.append(emit.array("const struct statement *const statement_list[]", rows) if rows else
               "const struct statement *const statement_list[] = {NULL};\n")
    out.append(f"const size_t statement_list_count = {len(names)};\n")
    return "".join(out)


def _tables(statement):
    first = statement.names[0]
    out = [f"/* {statement.where} */\n"]
    parameters = statement.parameters
    optional = [line for line in statement.lines if line.conditions]
    if parameters:
        names = ", ".join(emit.string(name) for name in parameters)
        out.append(f"static const char *const {first}_parameters[] = {{{names}}};\n")
    for i, line in enumerate(optional):
        conditions = ", ".join(
            emit.fields([("name", emit.string(name)), ("equals", emit.string(equals))]) for name, equals in line.conditions
        )
        out.append(f"static const struct statement_condition {first}_line_{i}[] = {{{conditions}}};\n")
    if optional:
        rows = [f"{{{first}_line_{i}, {len(line.conditions)}}}" for i, line in enumerate(optional)]
        out.append(emit.array(f"static const struct statement_line {first}_lines[]", rows))
    rows = [f"{{{emit.string(text)}, {parameter}, {line}}}" for text, parameter, line in pieces(statement)]
    out.append(emit.array(f"static const struct statement_piece {first}_pieces[]", rows))
    for name in statement.names:
        table = emit.fields([
            ("name", emit.string(name)),
            ("parameters", f"{first}_parameters" if parameters else "NULL"),
            ("parameter_count", str(len(parameters))),
            ("pieces", f"{first}_pieces"),
            ("piece_count", str(len(rows))),
            ("lines", f"{first}_lines" if optional else "NULL"),
            ("line_count", str(len(optional))),
        ])
        out.append(f"const struct statement statement_{name} = {table};\n\n")
    return "".join(out)


def header(statements):
    """statements.h."""
    names = sorted(name for statement in statements for name in statement.names)
    declarations = "".join(f"extern const struct statement statement_{name};\n" for name in names)
    return (
        f"{emit.BANNER}#ifndef SCIDAY_STATEMENTS_H\n#define SCIDAY_STATEMENTS_H\n\n"
        f'#include "db/statement.h"\n\n{declarations}\n#endif\n'
    )
