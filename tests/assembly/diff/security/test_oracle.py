"""Whatever becomes possible for a single request is said: asked of a small evaluator of its own."""

from fnmatch import fnmatchcase
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

ACTIONS = ["s3:GetObject", "s3:PutObject", "kms:Decrypt"]
ACTION_PATTERNS = [*ACTIONS, "s3:*", "s3:Get*", "s3:?etObject", "*"]
RESOURCES = ["files/a", "files/b", "key"]
RESOURCE_PATTERNS = [*RESOURCES, "files/*", "files/?", "*"]
CONTEXTS = [
    {key: value for key, value in (("k", k), ("l", other)) if value} for k, other in product(("", "a", "b"), repeat=2)
]
REQUESTS = list(product(ACTIONS, RESOURCES, CONTEXTS))

VALUES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True)
OPERATORS = ["StringEquals", "StringNotEquals", "ForAllValues:StringEquals", "StringEqualsIfExists"]
CONDITIONS = st.dictionaries(
    st.sampled_from(OPERATORS), st.dictionaries(st.sampled_from(["k", "l"]), VALUES, min_size=1), max_size=2
)


def patterns(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=2)


STATEMENTS = st.lists(
    st.builds(
        lambda effect, not_action, actions, not_resource, resources, condition: {
            "Effect": effect,
            ("NotAction" if not_action else "Action"): actions,
            ("NotResource" if not_resource else "Resource"): resources,
            "Condition": condition,
        },
        st.sampled_from(["Allow", "Deny"]),
        st.sampled_from([False, False, True]),
        patterns(ACTION_PATTERNS),
        st.sampled_from([False, False, True]),
        patterns(RESOURCE_PATTERNS),
        CONDITIONS,
    ),
    max_size=2,
)


def holds(operator, wanted, found):
    if operator == "StringNotEquals":
        return found not in wanted
    if found is None:
        return operator != "StringEquals"
    return found in wanted


def matches(statement, request):
    action, resource, context = request
    for value, name in ((action, "Action"), (resource, "Resource")):
        negated = f"Not{name}" in statement
        if any(fnmatchcase(value, one) for one in statement[f"Not{name}" if negated else name]) == negated:
            return False
    return all(
        holds(operator, wanted, context.get(key))
        for operator, tests in statement["Condition"].items()
        for key, wanted in tests.items()
    )


def reached(statements, effect):
    found = [statement for statement in statements if statement["Effect"] == effect]
    return {number for number, request in enumerate(REQUESTS) if any(matches(one, request) for one in found)}


@given(STATEMENTS, STATEMENTS)
@settings(max_examples=150, deadline=None)
def test_what_becomes_possible_or_impossible_is_said(changes, allows, before, after):
    def role(statements):
        return {"Policy": allows(*statements)} if statements else {}

    found = {(change.direction, "denied" in change.text) for change in changes(role(before), role(after))}

    for effect, denied in (("Allow", False), ("Deny", True)):
        old, new = reached(before, effect), reached(after, effect)
        assert not new - old or ("narrower" if denied else "wider", denied) in found
        assert not old - new or ("wider" if denied else "narrower", denied) in found
