"""x-vocabulary: under which name /v1/labels has the words for a schema's codes.

Every enumeration among the contract's schemas says it. A code in an answer, which is a plain string so that
it may grow, says it too: whoever shows an answer to people finds the words by it. Parameters' own words,
such as an order, are no codes of an answer and need none.

The codes of OWN are a campaign's own, whose words are in the campaign (its modules, phases, audiences, award
categories) and not at /v1/labels; a phase's is its ordinal.
"""

import re

OWN = {"module", "phase", "audience", "award_category"}
NAME = re.compile(r"[a-z][a-z0-9_]*$")


def check(contract, refusals):
    document = contract.document
    for node in document.mappings(document.root):
        if "x-vocabulary" not in node:
            continue
        if not (isinstance(node["x-vocabulary"], str) and NAME.match(node["x-vocabulary"])):
            refusals.add(document.where(node), "x-vocabulary is the name of a vocabulary of /v1/labels")
        code = "integer" if node["x-vocabulary"] == "phase" else "string"
        if code not in (node["type"] if isinstance(node.get("type"), list) else [node.get("type")]):
            refusals.add(document.where(node), f"x-vocabulary is for codes, which are {code}s")
    for node in document.mappings(document.lookup("#/components/schemas")):
        if isinstance(node.get("enum"), list) and "x-vocabulary" not in node:
            refusals.add(document.where(node), "an enumeration needs x-vocabulary, so that its codes have words")
