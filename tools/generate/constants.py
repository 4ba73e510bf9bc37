"""What C shares with the contract and with SQL, from where it is said → constants.h, constants.c.

    operation_list_roster         each operation, by its name
    DOCUMENT_KIND_photo           each code of each vocabulary of sql/labels.sql, as its place in
    document_kind_codes           all of them, which NULL ends
    DOCUMENT_NAME_MAXIMUM         a bound of the contract
"""

import binding
import emit
import rules

BOUNDS = (  # what C calls it, and where the contract says it
    ("CLIENT_SECRET_MINIMUM", "#/components/schemas/client_secret/minLength"),
    ("DOCUMENT_NAME_MAXIMUM", "#/components/requestBodies/document/content/multipart~1form-data/schema/properties/name/maxLength"),
    ("PASSWORD_MINIMUM", "#/components/schemas/password/minLength"),
)
CURSOR = "#/components/parameters/cursor/schema/maxLength"


def header(contract, wording):
    """constants.h."""
    operations = "".join(f"extern const struct operation *const operation_{operation.id};\n" for operation in contract.operations)
    bounds = "".join(f"#define {name} {contract.document.lookup(place)}\n" for name, place in BOUNDS if contract.document.lookup(place))
    codes = "".join(
        f"\nenum {{ {', '.join(f'{name.upper()}_{code}' for code in listed)} }};\nextern const char *const {name}_codes[];\n"
        for name, listed in wording.labels.items()
    )
    return (
        f"{emit.BANNER}#ifndef SCIDAY_CONSTANTS_H\n#define SCIDAY_CONSTANTS_H\n\nstruct operation;\n\n"
        f"{operations}\n{bounds}{codes}\n#endif\n"
    )


def source(contract, wording):
    """constants.c; what the modules below keep themselves, the compiler compares."""
    kept_below = [("LIST_SORT_COLUMNS", binding.SORT_COLUMNS), ("VALUES_MAXIMUM", rules.VALUES_ROOM), ("CURSOR_LIMIT", contract.document.lookup(CURSOR))]
    asserted = "".join(
        f'_Static_assert({name} == {value}, "{name} is not what the contract says");\n' for name, value in kept_below if value
    )
    codes = "".join(
        f"const char *const {name}_codes[] = {{{', '.join(map(emit.string, [*listed, None]))}}};\n" for name, listed in wording.labels.items()
    )
    includes = "".join(f'#include "{file}"\n' for file in ("constants.h", "http/page.h", "http/values.h", "operation/list.h"))
    return f"{emit.BANNER}{includes}\n{asserted}\n{codes}"
