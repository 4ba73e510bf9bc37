"""The texts that a statement has: which of its optional lines can be there together, and the SQL that results.

A choice is what is given: {"status": None, "sort": "-starts_on"}, where None is
any value. The service decides by the values of a request (src/db/statement.c).
"""

from itertools import combinations, product

from queries import Parameter


def is_there(line, choice):
    return all(name in choice and equals in (None, choice[name]) for name, equals in line.conditions)


def lines(statement, choice):
    return [line for line in statement.lines if is_there(line, choice)]


def text(statement, choice, place):
    """The SQL of a choice; place(name) is what stands for a parameter."""
    return "\n".join(
        "".join(place(part.name) if isinstance(part, Parameter) else part for part in line.parts)
        for line in lines(statement, choice)
    )


def numbered(statement, choice):
    """The SQL with $1, $2… in the order in which they first appear, and how many there are."""
    numbers = {}
    return text(statement, choice, lambda name: f"${numbers.setdefault(name, len(numbers) + 1)}"), len(numbers)


def choices(statement):
    """Nothing given; what each optional line asks for, and each two of them; and everything, with each
    alternative of what has several (sort). One choice for each text that this makes."""
    alone = [choice for line in statement.lines if line.conditions and (choice := _joined(line.conditions))]
    pairs = [both for one, other in combinations(alone, 2) if (both := _joined([*one.items(), *other.items()]))]
    found = {}
    for choice in [{}, *alone, *pairs, *_everything(statement)]:
        found.setdefault(tuple(line.number for line in lines(statement, choice)), choice)
    return list(found.values())


def _joined(conditions):
    """The choice under which all of these hold, or None where two exclude each other."""
    choice = {}
    for name, equals in conditions:
        if None not in (equals, choice.get(name)) and choice[name] != equals:
            return None
        choice[name] = equals or choice.get(name)
    return choice


def _everything(statement):
    alternatives = {}
    for name, equals in statement.conditions:
        alternatives.setdefault(name, {})[equals] = True
    for values in alternatives.values():
        if len(values) > 1:
            values.pop(None, None)
    return [dict(zip(alternatives, values)) for values in product(*alternatives.values())]
