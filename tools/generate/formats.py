"""The formats of src/http/formats.def and the media types of documents, and the rules for operations that answer in more than JSON."""

from sources import listed

FORMATS = {media_type: name for _, name, media_type in listed("src/http/formats.def")}
DOCUMENTS = "src/document/media_types.def"
DOCUMENT_TYPES = {media_type for media_type, *_ in listed(DOCUMENTS)}
TABULAR = {"csv", "xlsx"}
ALL = list(FORMATS.values())


def of_media(media_types):
    """The formats of an answer's media types, in the table's order; none of a file that is handed out as it is."""
    if not media_types:
        return ["json"]
    if not set(media_types) <= FORMATS.keys():
        return []
    return [name for media_type, name in FORMATS.items() if media_type in media_types]


def check(operation):
    """`format` is declared where there is a choice, with one enumeration for all; and what is declared has a choice."""
    declared = operation.parameter("query", "format")
    has_other = operation.formats not in ([], ["json"])
    if not operation.formats and operation.content.keys() != DOCUMENT_TYPES:
        yield f"a document's bytes are what {DOCUMENTS} says: {', '.join(sorted(operation.content.keys() ^ DOCUMENT_TYPES))}"
    if has_other and not declared:
        yield f"it answers in {', '.join(operation.formats)}: it takes format"
    if declared and not has_other:
        yield "it answers in JSON alone: it takes no format"
    if declared and (declared.schema.constants is None or [name.strip('"') for name in declared.schema.constants] != ALL):
        yield f"format is one of {', '.join(ALL)}"
    if operation.kind == "list" and not TABULAR <= set(operation.formats):
        yield "a list answers in text/csv and as a spreadsheet too"
    if TABULAR & set(operation.formats) and "json" in operation.formats:
        for name in ("headings", "bom"):
            if not operation.parameter("query", name):
                yield f"a table takes {name}"
    for name in operation.formats:
        if name in TABULAR and name not in operation.format_weights:
            yield f"a table is dear: {name} needs x-weight"
