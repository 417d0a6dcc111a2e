"""Which global condition keys each kind of principal has, has not, or may have."""

import pytest

from assembly.errors import AssemblyError
from assembly.policy.keys import Keys
from assembly.policy.principal import (
    Account,
    anonymous,
    assumed_root,
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

A = Account("111122223333", "o-example", "o-example/r-1/ou-1/")
B = Account("444455556666", "o-example", "o-example/r-1/")
NOWHERE = Account("777788889999", "")
SOMEWHERE = Account("777788889999")
ABSENT = ()
UNKNOWN = None

USER = user(A, "anna", path="/team/")
ROLE = role(A, "app", path="/team/")
FEDERATED_USER = federated_user(user(A, "anna"), "web")
SERVICE_LINKED = service_linked_role(A, "ecs.amazonaws.com", "AWSServiceRoleForECS")
SERVICE = service("sns.amazonaws.com")
PROVIDER = federated("accounts.google.com")


def keys(principal, resource=None, *, action="s3:GetObject", **request):
    return Keys(Request(principal, action, resource or Resource("arn:aws:s3:::b/k"), **request))


@pytest.mark.parametrize(
    ("key", "principal", "expected"),
    [
        ("aws:principalarn", USER, ("arn:aws:iam::111122223333:user/team/anna",)),
        ("aws:principalarn", ROLE, ("arn:aws:iam::111122223333:role/team/app",)),
        ("aws:principalarn", session(ROLE, "one"), ("arn:aws:iam::111122223333:role/team/app",)),
        ("aws:principalarn", root(A), ("arn:aws:iam::111122223333:root",)),
        ("aws:principalarn", FEDERATED_USER, ("arn:aws:sts::111122223333:federated-user/web",)),
        ("aws:principalarn", SERVICE, UNKNOWN),
        ("aws:principalarn", PROVIDER, ABSENT),
        ("aws:principalarn", anonymous(), ABSENT),
        ("aws:principalaccount", USER, ("111122223333",)),
        ("aws:principalaccount", anonymous(), ("anonymous",)),
        ("aws:principalaccount", SERVICE, UNKNOWN),
        ("aws:principalaccount", PROVIDER, UNKNOWN),
        ("aws:principalorgid", ROLE, ("o-example",)),
        ("aws:principalorgid", user(NOWHERE, "x"), ABSENT),
        ("aws:principalorgid", user(SOMEWHERE, "x"), UNKNOWN),
        ("aws:principalorgid", SERVICE, ABSENT),
        ("aws:principalorgid", PROVIDER, ABSENT),
        ("aws:principalorgid", anonymous(), ABSENT),
        ("aws:principalorgpaths", ROLE, ("o-example/r-1/ou-1/",)),
        ("aws:principalorgpaths", user(NOWHERE, "x"), ABSENT),
        ("aws:principalorgpaths", user(SOMEWHERE, "x"), UNKNOWN),
        ("aws:principalorgpaths", SERVICE, ABSENT),
        ("aws:principaltype", USER, ("User",)),
        ("aws:principaltype", ROLE, ("AssumedRole",)),
        ("aws:principaltype", SERVICE_LINKED, ("AssumedRole",)),
        ("aws:principaltype", root(A), ("Account",)),
        ("aws:principaltype", FEDERATED_USER, ("FederatedUser",)),
        ("aws:principaltype", anonymous(), ("Anonymous",)),
        ("aws:principaltype", SERVICE, UNKNOWN),
        ("aws:principalisawsservice", SERVICE, ("true",)),
        ("aws:principalisawsservice", SERVICE_LINKED, ("false",)),
        ("aws:principalisawsservice", USER, ("false",)),
        ("aws:principalisawsservice", anonymous(), ABSENT),
        ("aws:principalisawsservice", PROVIDER, ABSENT),
        ("aws:principalservicename", SERVICE, ("sns.amazonaws.com",)),
        ("aws:principalservicename", SERVICE_LINKED, ABSENT),
        ("aws:principalservicename", USER, ABSENT),
        ("aws:principalservicenameslist", SERVICE, UNKNOWN),
        ("aws:principalservicenameslist", ROLE, ABSENT),
        ("aws:sourcearn", SERVICE, UNKNOWN),
        ("aws:sourcearn", ROLE, ABSENT),
        ("aws:sourceaccount", SERVICE, UNKNOWN),
        ("aws:sourceaccount", SERVICE_LINKED, ABSENT),
        ("aws:sourceorgid", USER, ABSENT),
        ("aws:sourceorgpaths", anonymous(), ABSENT),
        ("aws:username", USER, ("anna",)),
        ("aws:username", ROLE, ABSENT),
        ("aws:username", root(A), ABSENT),
        ("aws:username", SERVICE, ABSENT),
        ("aws:userid", root(A), ("111122223333",)),
        ("aws:userid", USER, UNKNOWN),
        ("aws:userid", anonymous(), ("anonymous",)),
        ("aws:principaltag/team", USER, UNKNOWN),
        ("aws:principaltag/team", user(A, "x", tags={}), ABSENT),
        ("aws:principaltag/team", user(A, "x", tags={"Team": "red"}), ("red",)),
        ("aws:principaltag/team", user(A, "x", tags={"Team": "red", "team": "blue"}), UNKNOWN),
        ("aws:principaltag/team", session(role(A, "r", tags={"team": "red"}), "s"), ("red",)),
        ("aws:principaltag/team", session(role(A, "r", tags={"team": "red"}), "s", tags={"team": "blue"}), ("blue",)),
        ("aws:principaltag/team", root(A), ABSENT),
        ("aws:principaltag/team", SERVICE, ABSENT),
        ("aws:principaltag/team", anonymous(), ABSENT),
        ("aws:multifactorauthpresent", USER, UNKNOWN),
        ("aws:multifactorauthpresent", user(A, "x", temporary=False), ABSENT),
        ("aws:multifactorauthpresent", user(A, "x", temporary=True), UNKNOWN),
        ("aws:multifactorauthpresent", anonymous(), ABSENT),
        ("aws:multifactorauthage", user(A, "x", temporary=False), ABSENT),
        ("aws:tokenissuetime", user(A, "x", temporary=False), ABSENT),
        ("aws:tokenissuetime", ROLE, UNKNOWN),
        ("aws:federatedprovider", ROLE, UNKNOWN),
        ("aws:federatedprovider", USER, ABSENT),
        ("aws:federatedprovider", PROVIDER, UNKNOWN),
        ("aws:ec2instancesourcevpc", USER, ABSENT),
        ("aws:assumedroot", assumed_root(A), ("true",)),
        ("aws:assumedroot", root(A), UNKNOWN),
        ("aws:viaawsservice", USER, UNKNOWN),
        ("aws:calledvia", USER, UNKNOWN),
        ("aws:requestedregion", USER, UNKNOWN),
        ("aws:securetransport", USER, UNKNOWN),
        ("aws:sourceip", USER, UNKNOWN),
        ("aws:currenttime", USER, UNKNOWN),
    ],
)
def test_key_of_a_principal(key, principal, expected):
    assert keys(principal)(key) == expected


@pytest.mark.parametrize(
    ("key", "resource", "action", "expected"),
    [
        ("aws:resourceaccount", Resource("arn:aws:s3:::b"), "s3:X", UNKNOWN),
        ("aws:resourceaccount", Resource("arn:aws:s3:::b", B), "s3:X", ("444455556666",)),
        ("aws:resourceaccount", Resource("arn:aws:sqs:eu-west-1:777788889999:q"), "sqs:X", ("777788889999",)),
        ("aws:resourceaccount", Resource("*"), "s3:X", UNKNOWN),
        ("aws:resourceaccount", Resource(None, B), "s3:X", ("444455556666",)),
        ("aws:resourceaccount", Resource("arn:aws:ec2:eu-west-1:444455556666:volume/v", B), "ec2:X", UNKNOWN),
        ("aws:resourceorgid", Resource("arn:aws:s3:::b", B), "s3:X", ("o-example",)),
        ("aws:resourceorgid", Resource("arn:aws:s3:::b", NOWHERE), "s3:X", ABSENT),
        ("aws:resourceorgid", Resource("arn:aws:s3:::b", SOMEWHERE), "s3:X", UNKNOWN),
        ("aws:resourceorgid", Resource("arn:aws:sqs:eu-west-1:777788889999:q"), "sqs:X", UNKNOWN),
        ("aws:resourceorgid", Resource("arn:aws:sqs:eu-west-1:111122223333:q"), "sqs:X", ("o-example",)),
        ("aws:resourceorgpaths", Resource("arn:aws:s3:::b", B), "s3:X", ("o-example/r-1/",)),
        ("aws:resourcetag/team", Resource("arn:aws:s3:::b", tags={"Team": "red"}), "s3:X", ("red",)),
        ("aws:resourcetag/team", Resource("arn:aws:s3:::b", tags={}), "s3:X", ABSENT),
        ("aws:resourcetag/team", Resource("arn:aws:s3:::b"), "s3:X", UNKNOWN),
    ],
)
def test_key_of_a_resource(key, resource, action, expected):
    assert keys(USER, resource, action=action)(key) == expected


@pytest.mark.parametrize(
    ("via", "expected"),
    [
        ((), {"aws:viaawsservice": ("false",), "aws:calledvia": (), "aws:calledviafirst": (), "aws:calledvialast": ()}),
        (
            ("a", "b", "c"),
            {
                "aws:viaawsservice": ("true",),
                "aws:calledvia": ("a", "b", "c"),
                "aws:calledviafirst": ("a",),
                "aws:calledvialast": ("c",),
            },
        ),
    ],
)
def test_keys_of_the_way_of_a_call(via, expected):
    found = keys(USER, via=via)

    assert {key: found(key) for key in expected} == expected


def test_a_given_key_counts_where_nothing_is_implied():
    assert keys(USER, context=Context.of({"aws:userid": "AIDA"}))("aws:userid") == ("AIDA",)
    assert keys(USER, context=Context.of({"aws:PrincipalTag/team": "red"}))("aws:principaltag/team") == ("red",)
    assert keys(USER, context=Context.of(absent=["aws:TokenIssueTime"]))("aws:tokenissuetime") == ABSENT


def test_a_complete_context_has_no_other_keys_but_those_of_every_request():
    found = keys(USER, context=Context.of({"aws:SourceIp": "203.0.113.1"}, complete=True))

    assert found("aws:sourcevpce") == ABSENT
    assert found("aws:sourceip") == ("203.0.113.1",)
    assert found("aws:securetransport") is UNKNOWN
    assert found("aws:principalaccount") == ("111122223333",)


@pytest.mark.parametrize(
    "context",
    [
        Context.of({"aws:PrincipalAccount": "444455556666"}),
        Context.of({"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:t"}),
        Context.of({"aws:PrincipalTag/team": "blue"}),
        Context.of({"aws:ResourceTag/team": "blue"}),
        Context.of({"aws:RequestedRegion": "us-east-1"}),
        Context.of(absent=["aws:PrincipalArn"]),
    ],
)
def test_a_request_that_contradicts_itself_is_refused(context):
    principal, resource = user(A, "x", tags={"team": "red"}), Resource("arn:aws:s3:::b", tags={})

    with pytest.raises(AssemblyError, match="the context of the request says that aws:"):
        keys(principal, resource, context=context, region="eu-west-1")


def test_a_request_may_repeat_what_follows_from_it():
    context = Context.of({"aws:PrincipalAccount": "111122223333", "aws:PrincipalOrgID": "o-example"})

    assert keys(USER, context=context)("aws:principalorgid") == ("o-example",)


@pytest.mark.parametrize("action", ["GetObject", "s3:", ":GetObject", "s3:Get*", "*"])
def test_refuses_what_is_no_action(action):
    with pytest.raises(AssemblyError, match="is not an action"):
        Request(USER, action, Resource("*"))


@pytest.mark.parametrize("arn", ["bucket", "arn:aws:s3", "", "s3:::bucket"])
def test_refuses_what_is_no_resource(arn):
    with pytest.raises(AssemblyError, match="is not the ARN of a resource"):
        Resource(arn)


def test_refuses_a_resource_of_two_accounts():
    with pytest.raises(AssemblyError, match="is not in account 444455556666"):
        Resource("arn:aws:sqs:eu-west-1:111122223333:q", B)


def test_refuses_a_key_that_is_given_and_absent():
    with pytest.raises(AssemblyError, match="aws:sourcevpce is both given and absent"):
        Context.of({"aws:SourceVpce": "vpce-1"}, absent=["AWS:sourcevpce"])


def test_refuses_principals_that_cannot_be():
    with pytest.raises(AssemblyError, match="has no sessions"):
        session(USER, "one")
    with pytest.raises(AssemblyError, match="cannot call GetFederationToken"):
        federated_user(ROLE, "web")
    with pytest.raises(AssemblyError, match="is not a path of IAM"):
        role(A, "x", path="team")


def test_values_of_a_context_may_be_booleans_and_numbers():
    context = Context.of({"aws:SecureTransport": True, "aws:MultiFactorAuthAge": 5, "aws:TagKeys": ["a", "b"]})

    assert context.find("aws:securetransport") == ("true",)
    assert context.find("aws:multifactorauthage") == ("5",)
    assert context.find("aws:tagkeys") == ("a", "b")


def test_a_partition_other_than_the_default():
    china = Account("111122223333", partition="aws-cn")

    assert session(role(china, "x"), "s").session_arn == "arn:aws-cn:sts::111122223333:assumed-role/x/s"
    assert root(china).arn == "arn:aws-cn:iam::111122223333:root"


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        (USER, "user anna"),
        (ROLE, "role app"),
        (session(ROLE, "one"), "session one of role app"),
        (root(A), "root user of 111122223333"),
        (SERVICE, "service sns.amazonaws.com"),
        (anonymous(), "anonymous"),
        (FEDERATED_USER, "federated user web"),
    ],
)
def test_a_principal_in_words(principal, words):
    assert str(principal) == words
