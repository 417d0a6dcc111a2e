"""Templates to compare, in memory: one or several stacks, and strategies for what templates can hold."""

from pathlib import Path

from hypothesis import strategies as st

from assembly.diff.side import Side
from assembly.diff.value import is_intrinsic
from assembly.load import CloudAssembly, Environment, Stack
from assembly.schema import schema_of

PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackName": "acme-crm-prod",
    "AWS::URLSuffix": "amazonaws.com",
}


def stack_of(template, *, id="Cell", name="acme-crm-prod", account="111122223333", region="eu-west-1", **more):
    """A stack as it is loaded, without files."""
    paths = more.get("paths", {})
    return Stack(
        id=id,
        stack_name=name,
        environment=Environment(account, region),
        template_path=more.get("path", Path(f"nowhere/{id}.template.json")),
        template=template,
        dependencies=(),
        tags=more.get("tags", {}),
        termination_protection=more.get("protected", False),
        metadata={
            f"/{path}": [{"type": "aws:cdk:logicalId", "data": logical_id}] for logical_id, path in paths.items()
        },
    )


def assembly_of(*stacks):
    return CloudAssembly(Path("nowhere"), stacks)


def cell_of(resources, **sections):
    """An assembly of one stack with these resources."""
    return assembly_of(stack_of({"Resources": resources, **sections}))


def side_of(resources, *, paths=None, **sections):
    """The one stack of a side with these resources."""
    stack = stack_of({"Resources": resources, **sections}, paths=paths or {})
    return Side(assembly_of(stack)).stacks[stack.id]


def output_of(stack, name, **more):
    """A reference to an output of another stack."""
    return {"Fn::GetStackOutput": {"StackName": stack, "OutputName": name, **more}}


# Any JSON, with the words in it at which something special happens.
_FUNCTIONS = [
    "Ref",
    "Fn::GetAtt",
    "Fn::Sub",
    "Fn::Join",
    "Fn::If",
    "Fn::Select",
    "Fn::Split",
    "Fn::GetAZs",
    "Fn::Transform",
    "Fn::GetStackOutput",
]
_WORDS = [
    *_FUNCTIONS,
    "Statement",
    "Effect",
    "Principal",
    "Condition",
    "Action",
    "Resource",
    "Type",
    "Properties",
    "Tags",
    "Key",
    "Name",
    "Value",
    "Policies",
    "PolicyDocument",
    "StackName",
    "OutputName",
    "DependsOn",
    "Metadata",
    "UpdatePolicy",
    "CidrIp",
    "SecurityGroupIngress",
]
_TEXTS = ["", "A", "A.Arn", "B", "Allow", "*", "AWS::NoValue", "AWS::Region", "${A}", "${A.b_c}", "${!x}", "${", "é☃"]
_scalars = (
    st.sampled_from(_TEXTS)
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.none()
    | st.sampled_from([10**40, -0.0, 1.0, 1e300])
)
any_json = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=3)
        | st.dictionaries(st.sampled_from(_FUNCTIONS), inner, min_size=1, max_size=1)
    ),
    max_leaves=12,
)

# What templates hold that CloudFormation takes.
LOGICAL_IDS = ("Alpha", "Beta", "Gamma")
_attributes = st.sampled_from(["Arn", "Endpoint.Address"])
texts = st.text("ab:/-*é", max_size=6)
plain = texts | st.booleans() | st.integers(-9, 10**20) | st.sampled_from([0.5, 1.5])
references = (
    st.sampled_from([*LOGICAL_IDS, *PSEUDO]).map(lambda name: {"Ref": name})
    | st.tuples(st.sampled_from(LOGICAL_IDS), _attributes).map(lambda pair: {"Fn::GetAtt": ".".join(pair)})
    | st.tuples(st.sampled_from(LOGICAL_IDS), _attributes).map(lambda pair: {"Fn::GetAtt": list(pair)})
)


def _calls(inner):
    joined = st.tuples(st.sampled_from(["", ",", "ab"]), st.lists(texts | references, max_size=4)).map(list)
    return (
        joined.map(lambda argument: {"Fn::Join": argument})
        | st.tuples(st.integers(0, 2), references).map(
            lambda pair: {"Fn::Select": [pair[0], {"Fn::Split": [",", pair[1]]}]}
        )
        | st.tuples(inner, inner | st.just({"Ref": "AWS::NoValue"})).map(lambda pair: {"Fn::If": ["Live", *pair]})
        | texts.map(lambda text: {"Fn::Sub": text + "${Alpha}-${Beta.Arn}"})
        | references.map(lambda value: {"Fn::Sub": ["${my_value}.${AWS::Region}", {"my_value": value}]})
        | references.map(lambda value: {"Fn::Base64": value})
        | st.just({"Fn::ImportValue": "exported"})
        | st.just({"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "Key"]})
    )


values = st.recursive(
    plain | references,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Key", "Name", "Mode", "a", "b"]), inner, max_size=3)
        | _calls(inner)
    ),
    max_leaves=6,
)


@st.composite
def policies(draw):
    """A policy document."""
    some = st.lists(texts | references, min_size=1, max_size=3) | texts
    statement = st.fixed_dictionaries(
        {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": some, "Resource": some},
        optional={
            "Principal": st.just("*") | st.dictionaries(st.sampled_from(["AWS", "Service"]), some, min_size=1),
            "Condition": st.dictionaries(
                st.sampled_from(["StringEquals", "ArnLike"]),
                st.dictionaries(st.sampled_from(["aws:SourceArn", "aws:PrincipalTag/team"]), some, min_size=1),
                min_size=1,
                max_size=2,
            ),
        },
    )
    return {"Version": "2012-10-17", "Statement": draw(st.lists(statement, min_size=1, max_size=3))}


@st.composite
def rewritten(draw, value):
    """The same value, written in another way."""
    if isinstance(value, list):
        items = [draw(rewritten(item)) for item in value]
        if draw(st.integers(0, 5)) == 0:
            items.insert(draw(st.integers(0, len(items))), {"Ref": "AWS::NoValue"})
        return items
    if isinstance(value, dict):
        return draw(_rewritten_call(value) if is_intrinsic(value) else _rewritten_object(value))
    if isinstance(value, bool):
        return draw(st.sampled_from([value, str(value).lower()]))
    if isinstance(value, int):
        return draw(st.sampled_from([value, str(value)]))
    if isinstance(value, str):
        cut = draw(st.integers(0, len(value)))
        joined = {"Fn::Join": ["", [value[:cut], {"Fn::Join": ["", [value[cut:]]]}]]}
        return draw(st.sampled_from([value, value, value, {"Fn::Sub": value}, joined]))
    return value


@st.composite
def _rewritten_object(draw, value):
    items = [(key, draw(rewritten(item))) for key, item in draw(st.permutations(list(value.items())))]
    if draw(st.integers(0, 5)) == 0:
        items.append(("Nothing", {"Ref": "AWS::NoValue"}))
    return dict(items)


@st.composite
def _rewritten_call(draw, call):
    name, argument = next(iter(call.items()))
    ways = [call, {"Fn::Join": ["ignored", [call]]}, {"Fn::Sub": ["${It}", {"It": call}]}]
    if name == "Ref" and argument in PSEUDO:
        ways += [PSEUDO[argument], {"Fn::Sub": f"${{{argument}}}"}]
    elif name == "Ref" and argument != "AWS::NoValue":
        ways.append({"Fn::Sub": f"${{{argument}}}"})
    elif name == "Fn::GetAtt" and isinstance(argument, list):
        ways += [{"Fn::GetAtt": ".".join(argument)}, {"Fn::Sub": f"${{{'.'.join(argument)}}}"}]
    elif name == "Fn::GetAtt":
        ways += [{"Fn::GetAtt": argument.split(".", 1)}, {"Fn::Sub": f"${{{argument}}}"}]
    elif name == "Fn::Join":
        ways.append({"Fn::Join": [argument[0], [draw(rewritten(item)) for item in argument[1]]]})
    elif name == "Fn::If":
        return {"Fn::If": [argument[0], *(draw(rewritten(item)) for item in argument[1:])]}
    return draw(st.sampled_from(ways if argument != "AWS::NoValue" else [call]))


@st.composite
def shuffled_policy(draw, policy):
    """The same policy with its sets in another order, and one item where there was a list of one."""
    statements = [draw(_shuffled_statement(one)) for one in draw(st.permutations(policy["Statement"]))]
    return {**policy, "Statement": statements[0] if len(statements) == 1 and draw(st.booleans()) else statements}


@st.composite
def _shuffled_statement(draw, value):
    if isinstance(value, list):
        items = draw(st.permutations(value))
        return items[0] if len(items) == 1 and draw(st.booleans()) else items
    if isinstance(value, dict) and not is_intrinsic(value):
        return {key: draw(_shuffled_statement(item)) for key, item in draw(st.permutations(list(value.items())))}
    return value


TYPES = (
    "AWS::CloudFront::Distribution",
    "AWS::DynamoDB::Table",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBCluster",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "Custom::Migration",
    "AWS::FutureLake::Lake",
)


@st.composite
def resources(draw):
    """A few resources of real types that refer to each other."""
    return {id: draw(_resource()) for id in draw(st.lists(st.sampled_from(LOGICAL_IDS), unique=True))}


@st.composite
def _resource(draw):
    type = draw(st.sampled_from(TYPES))
    more = {
        "DeletionPolicy": st.sampled_from(["Retain", "Delete", "Snapshot"]),
        "UpdateReplacePolicy": st.sampled_from(["Retain", "Delete"]),
        "Condition": st.sampled_from(["Live", "Dead"]),
        "DependsOn": st.sampled_from([*LOGICAL_IDS, list(LOGICAL_IDS)]),
        "Metadata": st.just({"aws:cdk:path": "Cell/It"}) | st.just({"why": "it has to be"}),
    }
    return {
        "Type": type,
        "Properties": draw(_properties(type)),
        **draw(st.fixed_dictionaries({}, optional=more)),
    }


@st.composite
def _properties(draw, type):
    schema = schema_of(type)
    names = sorted(schema.document.get("properties", {})) or ["Depth", "Source"]
    fixed = [name for name in schema.create_only if "/" not in name] or names
    found = {name: draw(values) for name in draw(st.lists(st.sampled_from(names), max_size=2))}
    if draw(st.booleans()):
        found[draw(st.sampled_from(fixed))] = draw(references)
    if type in ("AWS::IAM::Policy", "AWS::KMS::Key"):
        found["PolicyDocument" if "IAM" in type else "KeyPolicy"] = draw(policies())
    return found


@st.composite
def pairs_of_resources(draw):
    """Resources before and after: some the same, some changed, some under another id, some new, some gone."""
    before = draw(resources())
    after = {}
    for id, resource in before.items():
        fate = draw(st.sampled_from(["stays", "stays", "changes", "changes", "moves", "goes"]))
        if fate == "moves":
            after[f"{id}Moved"] = resource
        elif fate == "changes":
            after[id] = draw(_changed(resource))
        elif fate == "stays":
            after[id] = resource
    return before, {**draw(st.just({}) | resources()), **after}


@st.composite
def _changed(draw, resource):
    type = resource["Type"]
    properties = resource["Properties"]
    gone = draw(st.sampled_from(["", *properties]))
    kept = {name: value for name, value in properties.items() if name != gone}
    return {**resource, "Properties": {**kept, **draw(_properties(type))}}
