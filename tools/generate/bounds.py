"""What sql/tables and the contract both bound: a column's CHECK and the schemas of the field of its name say the same.

    length(title) BETWEEN 1 AND 100                          minLength, maxLength
    edition BETWEEN 1 AND 1000                               minimum, maximum
    cardinality(audiences) <= 50                             maxItems
    code ~ '^[a-z]+$'                                        pattern
    status IN ('draft', 'open'), kinds <@ ARRAY['a', 'b']    enum; and each of the codes has words (x-vocabulary)
    media_type IN ('image/png', 'application/pdf')           each is one of src/document/media_types.def

The table plan is bounded as the schemas plan and plan_import and the bodies of operations on a plan say, as far as they do.
A length or a range of which none of them says anything is refused, unless it is no request's.
The contract may keep a word back: ^(?!none$)….
"""

import re

import formats

TABLE = re.compile(r"^CREATE TABLE (\w+) \((.*?)^\);", re.MULTILINE | re.DOTALL)
CHECK = re.compile(r"CONSTRAINT (?:\w+?__)?(\w+?)__(\w+) CHECK \((.*?)\)(?=,?\s*(?:--[^\n]*)?\n|\s*$)", re.DOTALL)
RULES = (  # what the CHECK says, and the keywords that say it in the contract
    (re.compile(r"length\(\w+\) BETWEEN (\d+) AND (\d+)$"), ("minLength", "maxLength")),
    (re.compile(r"\w+ BETWEEN (\d+) AND (\d+)$"), ("minimum", "maximum")),
    (re.compile(r"(?:cardinality|jsonb_array_length)\(\w+\) <= (\d+)$"), ("maxItems",)),
    (re.compile(r"\w+ ~ '([^']*)'$"), ("pattern",)),
)
RETURN = "#/components/requestBodies/return/content/application~1json/schema/properties"
ELSEWHERE = {  # where the contract bounds what it does not call as the table does
    ("account", "name"): "#/components/schemas/user_create/properties/name",
    ("award", "revoked_reason"): "#/components/schemas/reason/properties/reason",
    ("extension", "revoked_reason"): "#/components/schemas/reason/properties/reason",
    ("obligation", "waived_reason"): "#/components/schemas/reason/properties/reason",
    ("review", "comment"): f"{RETURN}/comment",
    ("review", "field_comments"): f"{RETURN}/field_comments",
}
NOT_OF_THE_CONTRACT = {
    ("activity", "proposal"),  # its texts together; the contract bounds each
    ("document", "size"),  # a setting bounds it
    ("obligation", "required"),  # no request says it
}
KEPT_BACK = re.compile(r"\(\?![^)]*\)")
MEDIA_TYPE = re.compile(r"'([a-z]+/[a-z.+-]+)'")
CODES = re.compile(r"\b(\w+) (?:IN|<@) (?:\(|ARRAY\[)('[^)\]]*')")


def check(contract, source, wording, refusals):
    for path in sorted((source / "sql" / "tables").glob("*.sql")):
        sql = path.read_text()
        for table in TABLE.finditer(sql):
            for found in CHECK.finditer(table[2]):
                line = sql.count("\n", 0, table.start(2) + found.start()) + 1
                where = f"sql/tables/{path.name}:{line}"
                for media_type in MEDIA_TYPE.findall(found[3]):
                    if media_type not in formats.DOCUMENT_TYPES:
                        refusals.add(where, f"{found[1]}__{found[2]}: {formats.DOCUMENTS} has no {media_type}")
                nodes = list(_fields(contract, table[1], found[1]))
                is_compared = any(keyword in node for node in nodes for keyword in _said(found[3]))
                if found[2] in ("length", "range") and not is_compared and (table[1], found[1]) not in NOT_OF_THE_CONTRACT:
                    refusals.add(where, f"{found[1]}__{found[2]} is compared with nothing that the contract says: ELSEWHERE of bounds.py")
                for node in nodes:
                    for message in _differences(contract.document, node, found, wording):
                        refusals.add(where, f"{found[1]}__{found[2]} {message}")


def _fields(contract, table, field):
    """The schemas of the field, those that its $ref and "or null" lead to."""
    document = contract.document
    schemas = [document.lookup(f"#/components/schemas/{name}") or {} for name in (table, f"{table}_import")]
    bodies = [document.resolve(operation.node.get("requestBody", {})) for operation in contract.operations
              if f"_{operation.resource}".endswith(f"_{table}")]
    schemas += [document.resolve(content.get("schema", {})) for body in bodies for content in body.get("content", {}).values()]
    found = [schema.get("properties", {}).get(field, {}) for schema in schemas]
    if (table, field) in ELSEWHERE:
        found.append(document.lookup(ELSEWHERE[table, field]) or {})
    for node in map(document.resolve, found):
        for branch in node.get("oneOf", [node]):
            branch = document.resolve(branch)
            if branch and branch != {"type": "null"}:
                yield branch


def _said(check):
    """What the keywords of the contract must say."""
    return dict(pair for pattern, keywords in RULES if (match := pattern.match(check)) for pair in zip(keywords, match.groups()))


def _differences(document, node, constraint, wording):
    field, rule, check = constraint.groups()
    for keyword, value in _said(check).items():
        if keyword in node and KEPT_BACK.sub("", str(node[keyword])) != value:
            yield f"says {value}, and {document.where(node)} {keyword} {node[keyword]}"
    if rule != "not_allowed_value":
        return
    codes = {code for column, listed in CODES.findall(check) if column == field for code in re.findall(r"'(\w+)'", listed)}
    of_items = document.resolve(node.get("items", {}))
    allowed = set(node.get("enum", of_items.get("enum", []))) - {None}
    if codes and allowed and codes != allowed:
        yield f"and {document.where(node)} differ in {', '.join(sorted(codes ^ allowed))}"
    vocabulary = node.get("x-vocabulary", of_items.get("x-vocabulary"))
    for code in sorted(codes - set(wording.labels.get(vocabulary, codes))):
        yield f"has {code}, for which {vocabulary} of sql/labels.sql has no words"
