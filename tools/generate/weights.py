"""x-weight: how many times a plain request of a limit's window a dear one takes.

It stands at an operation, at the media type of its success for a dear format, or at a parameter of the query that makes
it dear. A request weighs what the heaviest of those that it asks for does; where none is declared, 1.
"""

MAXIMUM = 1000


def check(contract, refusals):
    document = contract.document
    taken = set()
    for operation in contract.operations:
        of_formats = operation.content.values() if operation.formats else ()  # a document as it is has none
        in_query = (parameter.node for parameter in operation.parameters if parameter.place == "query")
        taken.update(id(node) for node in [operation.node, *of_formats, *in_query])
    for node in document.mappings(document.root):
        if "x-weight" not in node:
            continue
        weight = node["x-weight"]
        if id(node) not in taken:
            refusals.add(document.where(node), "x-weight is of an operation, a format that it succeeds in, or a parameter of its query")
        elif isinstance(weight, bool) or not isinstance(weight, int) or not 2 <= weight <= MAXIMUM:
            refusals.add(document.where(node), f"x-weight is a whole number from 2 to {MAXIMUM}: 1 is what everything else weighs")
