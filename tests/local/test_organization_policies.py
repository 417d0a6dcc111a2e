"""Guardrails as a stack that the real CDK CLI deploys, and the vending engine that brings them to their units."""

import json

import pytest
from botocore.exceptions import ClientError

from accounts.ledger import load_registry
from accounts.policies.declared import declared_policies
from accounts.policies.registry import GUARDRAILS
from accounts.policies.settled import settled_policies
from accounts.policies.stack_place import policy_stack
from accounts.vending.apply import apply
from accounts.vending.clients import VendingClients
from accounts.vending.observe import observe
from accounts.vending.plan import plan_of
from accounts.vending.policy_steps import PolicyChange
from accounts.vending.store import FolderStore
from tests.accounts.vending.world import Told, World, organization, products_named
from tests.local.conftest import Local

OWNER = "777777777777"
SCP = "SERVICE_CONTROL_POLICY"


class Organization:
    """An organization at the embedded AWS, before it is there."""

    def __init__(self, local: Local, folder):
        self.local = local
        self.world = World.__new__(World)
        self.world.spec, self.world.products = organization(canaries=["canary"]), products_named("acme-crm")
        self.world.settle(folder)
        self.store = FolderStore(folder / "store")
        self.clients = VendingClients(local.session(OWNER, "us-east-1"), local.server.endpoint)

    @property
    def registry(self):
        return load_registry(self.world.registry_path)

    def observe(self):
        return observe(self.clients, stack=policy_stack(self.world.spec))

    def plan(self):
        policies = settled_policies(self.world.spec, self.registry, self.world.topology)
        return plan_of(self.world.spec, self.world.topology, self.observe(), policies)

    def apply(self):
        return apply(
            self.plan(),
            spec=self.world.spec,
            products=self.world.products,
            registry_path=self.world.registry_path,
            clients=self.clients,
            store=self.store,
            reporter=Told(),
        )

    def deploy(self, folder):
        from aws_cdk import App, Environment

        from accounts.stacks.organization_policies import OrganizationPolicies

        place = policy_stack(self.world.spec)
        app = App(outdir=str(folder), analytics_reporting=False)
        OrganizationPolicies(
            app,
            "OrganizationPolicies",
            stack_name=place.name,
            env=Environment(account=OWNER, region=place.region),
            policies=declared_policies(self.world.spec, self.registry, self.world.topology, GUARDRAILS),
        )
        app.synth()
        outcome = self.local.cdk("deploy", "--app", str(folder), "--all", "--require-approval", "never", account=OWNER)
        assert outcome.code == 0, outcome.output[-4000:]


@pytest.fixture(scope="module")
def guarded(local: Local, tmp_path_factory):
    """Everything vended, and the stack of policies deployed."""
    made = Organization(local, tmp_path_factory.mktemp("guarded"))
    made.apply()
    local.bootstrap({OWNER: ["eu-west-1"]})
    made.deploy(tmp_path_factory.mktemp("policies.out"))
    return made


def test_the_stack_makes_real_policies_that_are_attached_to_nothing(guarded):
    declared = {one.name: one for one in settled_policies(guarded.world.spec, guarded.registry, guarded.world.topology)}

    live = {one.name: one for one in guarded.observe().policies}

    assert live.keys() == declared.keys()
    assert len(live) > 15
    assert all(one.units == () and one.in_stack and one.ours for one in live.values())
    assert {name: one.digest for name, one in live.items()} == {name: one.digest for name, one in declared.items()}


def test_two_applies_bring_every_guardrail_to_its_unit(guarded):
    guarded.apply()
    tried = {policy.name: policy.units for policy in guarded.observe().policies}
    guarded.apply()

    live = guarded.observe()
    assert all(units[0][0] == "Policy Staging" for units in tried.values())
    wanted = settled_policies(guarded.world.spec, guarded.registry, guarded.world.topology)
    assert {one.name: one.units for one in live.policies} == {one.name: (one.target,) for one in wanted}
    assert not any(isinstance(step, PolicyChange) for step in guarded.plan().steps)


@pytest.fixture(scope="module")
def api(guarded):
    return guarded.clients.organizations


def made(api, name, content, type=SCP):
    answer = api.create_policy(Name=name, Description="", Type=type, Content=content)
    return answer["Policy"]["PolicySummary"]["Id"]


def test_the_root_takes_five_policies_of_a_type(guarded, api):
    root = guarded.observe().root
    policies = [made(api, f"more-{number}", '{"Statement":[]}') for number in range(5)]

    with pytest.raises(ClientError) as error:
        for policy in policies:
            api.attach_policy(PolicyId=policy, TargetId=root)

    assert error.value.response["Reason"] == "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"


REFUSED = [
    ("too long", json.dumps({"Statement": "x" * 5120}), "ConstraintViolationException"),
    ("no JSON", "Deny everything", "MalformedPolicyDocumentException"),
]


@pytest.mark.parametrize(("content", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_policy_that_aws_does_not_take_is_refused(api, content, code):
    with pytest.raises(ClientError, match=code):
        made(api, "refused", content)


def test_a_policy_that_is_attached_is_not_deleted_and_not_attached_twice(guarded, api):
    live = guarded.observe()
    policy = next(one for one in live.policies if one.units == ((),))

    with pytest.raises(ClientError, match="PolicyInUseException"):
        api.delete_policy(PolicyId=policy.id)
    with pytest.raises(ClientError, match="DuplicatePolicyAttachmentException"):
        api.attach_policy(PolicyId=policy.id, TargetId=live.root)
    with pytest.raises(ClientError, match="PolicyNotAttachedException"):
        api.detach_policy(PolicyId=policy.id, TargetId=live.unit(("Sandbox",)).id)
