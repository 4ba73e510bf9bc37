"""Which statement and which handler do an operation's work, and whether everything has its counterpart.

An operation without a statement of its name, or with one that says `-- handler:`, has a function of its name in
src/resources; one whose body is read as it comes has the receiver that its contract names (x-receiver: document is
document_receiver) instead. handlers.h declares them: the linker names the one that is missing, and the compiler
(-Werror=missing-prototypes) the one that no operation has.
"""

from dataclasses import dataclass, field

import derived
from queries import Parameter

SORT_COLUMNS = 8  # that a list's cursor has room for; constants.c has the compiler compare it


@dataclass
class Work:
    """What does one operation's work; statements by name."""

    statement: str = None
    handler: str = None
    receiver: str = None
    count: str = None
    keep: str = None
    refusal: str = None


@dataclass
class Binding:
    statements: list  # as written, and those made from them
    work: dict = field(default_factory=dict)  # operationId → Work


def bind(contract, statements, used, refusals):
    """Joins the two, refusing what is alone."""
    binding = Binding(list(statements))
    by_name = _by_name(statements, refusals)
    for operation in contract.operations:
        binding.work[operation.id] = _work(operation, by_name, refusals)
    _refuse_alone(contract, statements, used, binding, refusals)
    _derive(contract, by_name, binding, refusals)
    return binding


def _by_name(statements, refusals):
    by_name = {}
    for statement in statements:
        for name in statement.names:
            if name in by_name:
                refusals.add(statement.where, f"{name} is there twice: {by_name[name].where}")
            by_name[name] = statement
    return by_name


def _work(operation, by_name, refusals):
    work = Work()
    statement = by_name.get(operation.id)
    if statement and statement.kind != "helper":
        work.statement = operation.id
        _check_statement(operation, statement, refusals)
    if operation.receiver:
        work.receiver = operation.receiver + "_receiver"
    elif not work.statement or statement.kind == "handler":
        work.handler = operation.id
    elif statement.binds:
        refusals.add(statement.where, "-- binds: is for a statement that C runs: -- handler: or -- helper:")
    work.refusal = _refusal(operation, by_name, refusals)
    if work.statement and not work.handler and operation.kind == "change":
        _check_change(operation, statement, refusals)
    return work


def _refusal(operation, by_name, refusals):
    """refuse_<resource>, where this operation can bind what it asks for."""
    helper = by_name.get("refuse_" + operation.resource)
    if operation.kind != "change" or not helper:
        return None
    missing = [name for name in helper.parameters if not operation.binds(name) and name not in helper.binds]
    if missing and operation.if_match and operation.success != "201":
        refusals.add(operation.where, f"{helper.names[0]} needs {', '.join(missing)}, which it cannot bind")
    return None if missing else helper.names[0]


def _check_change(operation, statement, refusals):
    if operation.if_match and "version" not in statement.parameters:
        refusals.add(statement.where, "it must compare :version, for If-Match is required")
    if operation.success == "200" and not operation.answer:
        refusals.add(operation.where, "no reading above it answers in the shape of its 200")


def _check_statement(operation, statement, refusals):
    where = f"{statement.where}: {operation.id}" if operation.id != statement.names[0] else statement.where
    for name in statement.parameters:
        if not operation.binds(name) and name not in statement.binds:
            refusals.add(where, f"nothing binds :{name}")
    for name in statement.binds:
        if name not in statement.parameters and name not in [condition for condition, _ in statement.conditions]:
            refusals.add(where, f"-- binds: {name}, which the statement has not")
    for name, equals in statement.conditions:
        if not operation.binds(name) and name not in statement.binds:
            refusals.add(where, f"nothing sets {name}, a condition of an optional line")
        values = operation.enumeration(name)
        if equals and values and equals not in values:
            refusals.add(where, f"{name} is never {equals}")
    if operation.kind == "list":
        _check_list(operation, statement, where, refusals)
    if operation.kind == "read" and "body" not in statement.columns:
        refusals.add(where, "a reading selects body")


def _check_list(operation, statement, where, refusals):
    if "limit" not in statement.parameters:
        refusals.add(where, "a list ends in LIMIT :limit")
    for name in statement.parameters:
        if name.startswith("after_") and name[len("after_") :] not in statement.columns:
            refusals.add(where, f":{name} continues from {name[len('after_'):]}, which is not selected")
    if any(p.startswith("after_") for p in statement.parameters) and not any(n == "after" for n, _ in statement.conditions):
        refusals.add(where, "a line with :after_… ends in --? after")
    _check_sort(operation, statement, where, refusals)
    for sort in operation.enumeration("sort") or [None]:
        lines = [line for line in statement.lines if all(name != "sort" or equals == sort for name, equals in line.conditions)]
        columns = [part.name for line in lines for part in line.parts if isinstance(part, Parameter) and part.name.startswith("after_")]
        if len(columns) > SORT_COLUMNS:
            refusals.add(where, f"it continues from {len(columns)} columns, and a cursor has {SORT_COLUMNS}")


def _check_sort(operation, statement, where, refusals):
    """Each sort that the contract offers has its ORDER BY, and there is one without being asked."""
    orders = [line for line in statement.lines if line.starts_with("order", "by")]
    if not orders:
        refusals.add(where, "a list has its ORDER BY on a line of its own")
    if any(not line.conditions for line in orders):
        return
    sort = operation.parameter("query", "sort")
    if not sort or sort.default is None:
        refusals.add(where, "without a default for sort, a list needs an ORDER BY that is always there")
    sorted_by = {equals for line in orders for name, equals in line.conditions if name == "sort"}
    for value in operation.enumeration("sort") or []:
        if value not in sorted_by:
            refusals.add(where, f"sort={value} has no ORDER BY")


def _refuse_alone(contract, statements, used, binding, refusals):
    operations = {operation.id for operation in contract.operations}
    refusing = {work.refusal for work in binding.work.values()}
    for statement in statements:
        for name in statement.names:
            if statement.kind != "helper" and name not in operations:
                refusals.add(statement.where, f"there is no operation {name}")
            if statement.kind == "helper" and name not in used | refusing:
                refusals.add(statement.where, f"nothing uses the helper {name}")


def _derive(contract, by_name, binding, refusals):
    """The statements that follow from others: how many a list has, and an answer kept for its idempotency key."""
    made = {}
    for operation in contract.operations:
        work = binding.work[operation.id]
        if operation.kind == "list" and work.statement:
            work.count = "count_" + operation.id
            made[work.count] = derived.count(by_name[operation.id], work.count)
        if operation.idempotent and work.statement:
            work.keep = _keep(operation, by_name, made)
    for name in sorted(made.keys() & by_name.keys()):
        refusals.add(by_name[name].where, f"{name} is made by the generator")
    binding.statements += [made[name] for name in sorted(made)]


def _keep(operation, by_name, made):
    if operation.answer is None:
        name = "keep_nothing"
        made[name] = derived.keep_nothing(name)
    elif operation.answer.id in by_name:
        name = "keep_" + operation.answer.id
        made[name] = derived.keep(by_name[operation.answer.id], name)
    else:
        return None
    return name
