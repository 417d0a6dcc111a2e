"""What has to be true of every answer, whatever the policies and the request are."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assembly.policy.chain import Chain, Level
from assembly.policy.document import parse
from assembly.policy.evaluate import evaluate
from assembly.policy.match import Pattern, action_expression
from assembly.policy.policies import Policies
from assembly.policy.principal import (
    Account,
    anonymous,
    federated,
    federated_user,
    role,
    root,
    service,
    service_linked_role,
    session,
    user,
)
from assembly.policy.request import Context, Request, Resource

A = Account("111122223333")
KNOWN_A = replace(A, organization="o-example", path="o-example/r-1/")
OUTSIDE_A = replace(A, organization="")
B = Account("444455556666", "o-example", "o-example/r-1/ou-1/")
MANAGEMENT = replace(KNOWN_A, management=True)

ACTIONS = (
    "s3:GetObject",
    "s3:PutObject",
    "iam:CreateUser",
    "kms:Decrypt",
    "sts:AssumeRole",
    "sns:Publish",
    "s3express:X",
)
RESOURCES = (
    "*",
    "arn:aws:s3:::bucket/key",
    "arn:aws:kms:eu-west-1:111122223333:key/k",
    "arn:aws:iam::111122223333:role/r",
    "arn:aws:sns:eu-west-1:444455556666:t",
)
KEYS = ("aws:SourceVpce", "aws:SecureTransport", "aws:TagKeys", "s3:prefix", "aws:SourceAccount")
KNOWABLE = (
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalTag/team",
    "aws:RequestedRegion",
    "aws:ViaAWSService",
)
VALUES = ("a", "b", "true", "", "o-example", "111122223333", "arn:aws:iam::111122223333:role/r")
PRINCIPALS = (
    "*",
    {"AWS": "111122223333"},
    {"AWS": "arn:aws:iam::444455556666:root"},
    {"AWS": "arn:aws:iam::111122223333:user/u"},
    {"AWS": ["arn:aws:iam::111122223333:role/r", "arn:aws:sts::111122223333:assumed-role/r/one"]},
    {"Service": "sns.amazonaws.com"},
    {"Federated": "accounts.google.com"},
)


def one_or_more(pool):
    return st.lists(st.sampled_from(pool), min_size=1, max_size=2, unique_by=str)


actions = one_or_more((*ACTIONS, "*", "s3:*", "s3:?etObject", "S3:get*"))
resources = one_or_more(
    (
        *RESOURCES,
        "arn:aws:s3:::bucket/*",
        "arn:aws:*:*:111122223333:*",
        "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'key'}",
        "arn:aws:s3:::bucket/${aws:username}*",
        "arn:aws:sns:*:t",
    )
)
operators = st.sampled_from(
    (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLikeIfExists",
        "StringEqualsIfExists",
        "ForAllValues:StringLike",
        "ForAnyValue:StringEquals",
        "ForAllValues:StringNotEquals",
        "ForAnyValue:StringNotLike",
        "ArnLike",
        "ArnNotLike",
    )
)
values = one_or_more(
    (*VALUES, "*", "a*", "${aws:PrincipalTag/team}", "${aws:SourceVpce, 'b'}", "arn:aws:iam::*:role/*")
)
tests = st.dictionaries(st.sampled_from((*KEYS, *KNOWABLE)), values, min_size=1, max_size=2)
conditions = st.one_of(
    st.just({}),
    st.dictionaries(operators, tests, min_size=1, max_size=2),
    st.fixed_dictionaries(
        {"Null": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(("true", "false")), min_size=1)}
    ),
)


@st.composite
def statements(draw, kind, effects=("Allow", "Deny")):
    effect = "Deny" if kind == "rcp" else draw(st.sampled_from(effects))
    inverse = kind != "rcp" and draw(st.integers(0, 4)) == 0
    statement = {"Effect": effect, "NotAction" if inverse else "Action": draw(actions)}
    if kind != "trust":
        statement["NotResource" if draw(st.integers(0, 4)) == 0 else "Resource"] = draw(resources)
    if kind == "rcp":
        statement["Principal"] = "*"
    elif kind in ("resource", "trust", "endpoint"):
        excluded = kind == "resource" and draw(st.integers(0, 4)) == 0
        statement["NotPrincipal" if excluded else "Principal"] = draw(st.sampled_from(PRINCIPALS))
    if condition := draw(conditions):
        statement["Condition"] = condition
    return statement


def documents(kind, effects=("Allow", "Deny")):
    """A document often starts with an allow for all, so that enough requests are allowed."""
    full = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if kind in ("resource", "rcp", "endpoint"):
        full["Principal"] = "*"
    body = st.lists(statements(kind, effects), min_size=1, max_size=3)
    return st.tuples(st.booleans(), body).map(lambda pair: ([full] if pair[0] else []) + pair[1])


def chains(kind):
    return st.lists(st.lists(documents(kind), max_size=2), min_size=1, max_size=2)


@st.composite
def policy_sets(draw):
    """Policies as plain data, so that laws can change them."""
    found = {"identity": draw(st.lists(documents("identity"), max_size=2))}
    for kind in ("boundary", "endpoint"):
        if draw(st.integers(0, 2)) == 0:
            found[kind] = draw(documents(kind))
    if draw(st.integers(0, 2)) == 0:
        found["session"] = draw(st.lists(documents("session"), min_size=1, max_size=2))
    if draw(st.booleans()):
        found["resource"] = draw(documents("resource"))
    for kind in ("scp", "rcp"):
        if draw(st.booleans()):
            found[kind] = draw(chains(kind))
    return found


def made(data, unknown=()):
    def one(kind, body, name):
        return parse({"Version": "2012-10-17", "Statement": body}, kind, name)

    def several(kind, bodies):
        return tuple(one(kind, body, f"{kind}{number}") for number, body in enumerate(bodies))

    def chain(kind):
        levels = data.get(kind)
        return None if levels is None else Chain(tuple(Level("level", several(kind, level)) for level in levels))

    return Policies(
        identity=several("identity", data["identity"]),
        boundary=one("boundary", data["boundary"], "boundary") if "boundary" in data else None,
        session=several("session", data.get("session", ())),
        resource=one("resource", data["resource"], "resource") if "resource" in data else None,
        scps=chain("scp"),
        rcps=chain("rcp"),
        endpoint=one("endpoint", data["endpoint"], "endpoint") if "endpoint" in data else None,
        unknown=frozenset(unknown),
    )


def principals_of(account):
    return (
        user(account, "u"),
        role(account, "r"),
        root(account),
        service_linked_role(account, "x.amazonaws.com", "s"),
        federated_user(user(account, "u"), "f"),
        service("sns.amazonaws.com"),
        federated("accounts.google.com"),
        anonymous(),
    )


principals = st.sampled_from((A, KNOWN_A, MANAGEMENT, B)).flatmap(
    lambda account: st.sampled_from(principals_of(account))
)
contexts = st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(VALUES), max_size=2), max_size=3)


def possible(context, principal):
    """What a request of this principal can have in its context."""
    return {key: found for key, found in context.items() if key != "aws:SourceAccount" or principal.kind == "service"}


@st.composite
def requests(draw):
    principal = draw(principals)
    return Request(
        principal,
        draw(st.sampled_from(ACTIONS)),
        Resource(draw(st.sampled_from((*RESOURCES, None)))),
        Context.of(possible(draw(contexts), principal)),
        region=draw(st.sampled_from((None, "a"))),
    )


@st.composite
def refinements(draw, request, policies):
    """The same request with more known about it. Who gives the chain of an account says that it is in a tree."""
    principal, resource = request.principal, request.resource
    if principal.account == A:
        member = "scp" in policies or "rcp" in policies
        principal = replace(principal, account=KNOWN_A if member else draw(st.sampled_from((KNOWN_A, OUTSIDE_A))))
    if principal.kind == "role" and principal.session is None and draw(st.booleans()):
        principal = session(principal, draw(st.sampled_from(("one", "two"))))
    if principal.tags is None:
        tag = st.sampled_from((None, {}, {"team": "key"}, {"Team": "a"}))
        principal = replace(principal, tags=draw(tag))
    if principal.temporary is None and principal.kind not in ("service", "federated"):
        principal = replace(principal, temporary=draw(st.sampled_from((None, True, False))))
    if resource.arn is None:
        resource = replace(resource, arn=draw(st.sampled_from((None, *RESOURCES[1:]))))
    if resource.arn == "arn:aws:s3:::bucket/key":
        resource = replace(resource, account=draw(st.sampled_from((None, KNOWN_A, B))))
    known = dict(request.context.values)
    for key, found in possible(draw(contexts), principal).items():
        known.setdefault(key.lower(), tuple(found))
    return replace(
        request,
        principal=principal,
        resource=resource,
        context=Context(known, complete=draw(st.booleans())),
        region=request.region or draw(st.sampled_from((None, "a", "b"))),
        via=draw(st.sampled_from((None, (), ("cloudformation.amazonaws.com",)))),
    )


LAW = settings(max_examples=60, deadline=None)


@LAW
@given(requests(), policy_sets(), st.data())
def test_more_knowledge_never_contradicts_a_proof(request, policies, data):
    before = evaluate(request, made(policies)).effect
    assume(before != "unknown")
    refined = data.draw(refinements(request, policies))

    assert evaluate(refined, made(policies)).effect == before


@LAW
@given(requests(), policy_sets(), st.data())
def test_policies_that_may_be_there_never_contradict_a_proof(request, policies, data):
    kind = data.draw(st.sampled_from(("identity", "boundary", "session", "resource", "scp", "rcp", "endpoint")))
    before = evaluate(request, made(policies, [kind])).effect
    assume(before != "unknown")
    more = dict(policies)
    if kind == "identity":
        more["identity"] = [*policies["identity"], data.draw(documents("identity"))]
    elif kind in ("scp", "rcp"):
        more[kind] = [*policies.get(kind, []), [data.draw(documents(kind))]]
    elif kind == "session":
        more.setdefault("session", [data.draw(documents("session"))])
    elif kind == "resource":
        more["resource"] = [*policies.get("resource", []), *data.draw(documents("resource"))]
    else:
        more.setdefault(kind, data.draw(documents(kind)))

    assert evaluate(request, made(more)).effect == before


def places(policies):
    """Every document, and a function that puts another in its place."""
    for kind in ("boundary", "resource", "endpoint"):
        if kind in policies:
            yield kind, policies[kind], lambda new, kind=kind: {**policies, kind: new}
    for kind in ("identity", "session"):
        for number, body in enumerate(policies.get(kind, ())):
            yield kind, body, lambda new, kind=kind, number=number: {**policies, kind: put(policies[kind], number, new)}
    for kind in ("scp", "rcp"):
        for height, level in enumerate(policies.get(kind, ())):
            for number, body in enumerate(level):
                yield (
                    kind,
                    body,
                    lambda new, kind=kind, height=height, number=number, level=level: {
                        **policies,
                        kind: put(policies[kind], height, put(level, number, new)),
                    },
                )


def put(items, number, new):
    return [*items[:number], new, *items[number + 1 :]]


@LAW
@given(requests(), policy_sets(), st.data())
def test_a_further_denial_never_makes_a_request_allowed(request, policies, data):
    found = list(places(policies))
    assume(found)
    before = evaluate(request, made(policies)).effect
    kind, body, changed = data.draw(st.sampled_from(found))

    after = evaluate(request, made(changed([*body, data.draw(statements(kind, ("Deny",)))]))).effect

    assert after != "allow" or before == "allow"
    assert before != "deny" or after == "deny"


@LAW
@given(requests(), policy_sets(), st.data())
def test_a_further_allowance_never_makes_a_request_denied(request, policies, data):
    found = [place for place in places(policies) if place[0] != "rcp"]
    assume(found)
    before = evaluate(request, made(policies)).effect
    kind, body, changed = data.draw(st.sampled_from(found))

    after = evaluate(request, made(changed([*body, data.draw(statements(kind, ("Allow",)))]))).effect

    assert after != "deny" or before == "deny"
    assert before != "allow" or after == "allow"


def shuffled(value, random):
    """Lists in another order, but for the levels of a chain, whose order says only which one is named."""
    if isinstance(value, dict):
        items = list(value.items())
        random.shuffle(items)
        return {key: shuffled(item, random) for key, item in items}
    if isinstance(value, list):
        return random.sample([shuffled(item, random) for item in value], len(value))
    return value


@LAW
@given(requests(), policy_sets(), st.randoms(use_true_random=False))
def test_no_order_matters(request, policies, random):
    assert evaluate(request, made(shuffled(policies, random))).effect == evaluate(request, made(policies)).effect


@LAW
@given(requests(), policy_sets())
def test_saying_everything_twice_changes_nothing(request, policies):
    twice = {
        kind: [body * 2 if kind in ("boundary", "resource", "endpoint") else one for one in body for _ in range(2)]
        if kind not in ("boundary", "resource", "endpoint")
        else body * 2
        for kind, body in policies.items()
    }

    assert evaluate(request, made(twice)).effect == evaluate(request, made(policies)).effect


@LAW
@given(requests(), policy_sets())
def test_every_answer_has_a_sentence_and_a_denial_by_a_statement_names_it(request, policies):
    decision = evaluate(request, made(policies))

    assert decision.reason and not decision.reason.endswith(".")
    for match in decision.matched:
        assert match.statement in match.policy.statements
    if decision.effect == "deny" and decision.matched:
        assert not decision.matched[0].statement.allows
        assert str(decision.matched[0]) in decision.reason
    if decision.effect == "allow":
        assert all(match.statement.allows for match in decision.matched)


@LAW
@given(actions, st.sampled_from(ACTIONS))
def test_action_and_not_action_are_complementary(written, action):
    def about(element):
        statement = {"Effect": "Allow", element: written, "Resource": "*"}
        return bool(parse({"Version": "2012-10-17", "Statement": statement}, "identity", "p").about(action.lower()))

    assert about("Action") != about("NotAction")


@LAW
@given(requests(), resources)
def test_resource_and_not_resource_are_complementary_unless_a_variable_has_no_value(request, written):
    assume(not any("${" in one for one in written))

    def covers(element):
        statement = {"Effect": "Allow", "Action": "*", element: written}
        policy = parse({"Version": "2012-10-17", "Statement": statement}, "identity", "p")
        return policy.statements[0].covers(request.resource.arn, request.context.find)

    assert {covers("Resource"), covers("NotResource")} in ({True, False}, {None})


def naive(pattern, text):
    """Wildcards, character by character."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return naive(pattern[1:], text) or (bool(text) and naive(pattern, text[1:]))
    return bool(text) and (pattern[0] == "?" or pattern[0] == text[0]) and naive(pattern[1:], text[1:])


@settings(max_examples=300, deadline=None)
@given(st.text("ab:/.*?[\n", max_size=8), st.text("ab:/.[\n", max_size=8))
def test_wildcards_agree_with_a_naive_reference(pattern, text):
    assert Pattern.of(pattern).matches(text, {}.get) is naive(pattern, text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("aB*?", min_size=1, max_size=5), min_size=1, max_size=3), st.text("aAbB", max_size=6))
def test_a_list_of_actions_matches_when_one_does_in_any_case(patterns, action):
    expected = any(naive(pattern.lower(), action.lower()) for pattern in patterns)

    assert (action_expression(patterns).fullmatch(action) is not None) is expected


def naive_arn(pattern, text):
    """The parts between colons one by one, the sixth with the rest."""
    patterns, texts = pattern.split(":", 5), text.split(":", 5)
    return len(patterns) == len(texts) == 6 and all(map(naive, patterns, texts))


parts = st.text("ab*?/", max_size=3)
arns = st.builds(lambda *found: ":".join(("arn", *found)), parts, parts, parts, parts, st.text("ab*?/:", max_size=5))


@settings(max_examples=300, deadline=None)
@given(arns, arns.map(lambda arn: arn.replace("*", "a").replace("?", "b")))
def test_arns_agree_with_a_naive_reference(pattern, text):
    assert Pattern.of(pattern, arn=True).matches(text, {}.get) is naive_arn(pattern, text)


@settings(max_examples=200, deadline=None)
@given(st.text("ab:*?", max_size=6), st.text("ab:*?", max_size=4), st.text("ab:", max_size=8))
def test_a_variable_is_sure_only_when_its_value_matches_both_as_text_and_as_pattern(around, value, text):
    pattern = Pattern.of(around + "${aws:x}" + around, variables=True)
    literal = Pattern.of(around + "".join(f"${{{c}}}" if c in "*?" else c for c in value) + around, variables=True)
    loose = naive(around + value + around, text)

    found = pattern.matches(text, {"aws:x": (value,)}.get)

    assert found is not True or literal.matches(text, {}.get)
    assert found is not False or not loose
    assert pattern.matches(text, {}.get) in ((None,) if naive(around + "*" + around, text) else (False,))
