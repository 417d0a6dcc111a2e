"""Stack sets with service-managed permissions, as the account baseline uses them."""

import json
import time
from dataclasses import dataclass
from itertools import count

import boto3
import pytest
from botocore.exceptions import ClientError

from accounts.vending.baseline import baseline_states
from accounts.vending.clients import VendingClients
from tests.local.conftest import Local

SERVICE = "member.org.stacksets.cloudformation.amazonaws.com"
HOME, EDGE = "eu-west-1", "us-east-1"
_numbers = count(1)


def template(value="first", **more):
    """One parameter, with the account in its value; its name is taken when the account has a topic of it."""
    parameter = {"Type": "String", "Name": "/baseline", "Value": {"Fn::Sub": f"{value} ${{AWS::AccountId}}"}}
    return json.dumps({"Resources": {"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": parameter}, **more}})


BROKEN = {"Broken": {"Type": "AWS::IAM::Policy", "Properties": {}}}


@dataclass
class Organization:
    """An organization of its own, whose stack sets `security` administers."""

    local: Local
    management: str
    security: str
    root: str

    def client(self, service, account=None, region=HOME):
        session = self.local.session(account or self.management, region)
        return session.client(service, endpoint_url=self.local.server.endpoint)

    def enter(self):
        """A new account in the root."""
        organizations = self.client("organizations")
        number = next(_numbers)
        made = organizations.create_account(AccountName=f"new{number}", Email=f"new{number}.{self.management}@a.com")
        while True:
            asked = made["CreateAccountStatus"]["Id"]
            status = organizations.describe_create_account_status(CreateAccountRequestId=asked)["CreateAccountStatus"]
            if status["State"] == "SUCCEEDED":
                return status["AccountId"]

    def unit(self, name):
        made = self.client("organizations").create_organizational_unit(ParentId=self.root, Name=name)
        return made["OrganizationalUnit"]["Id"]

    def move(self, account, source, destination):
        self.client("organizations").move_account(
            AccountId=account, SourceParentId=source, DestinationParentId=destination
        )

    def deploy(self, name, *, body=None, targets=None, regions=(HOME,), stack=None, **more):
        """A stack in the administering account that holds the stack set; what became of it."""
        properties = {
            "StackSetName": name,
            "PermissionModel": "SERVICE_MANAGED",
            "CallAs": "DELEGATED_ADMIN",
            "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": True},
            "TemplateBody": body or template(),
            "StackInstancesGroup": [
                {"DeploymentTargets": {"OrganizationalUnitIds": targets or [self.root]}, "Regions": list(regions)}
            ],
            **more,
        }
        holder = json.dumps({"Resources": {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}})
        s3, client = self.client("s3", self.security), self.client("cloudformation", self.security)
        bucket, holder_name = f"templates-{self.security}", stack or f"holder-{name}"
        s3.put_object(Bucket=bucket, Key="holder.json", Body=holder)
        url = f"{self.local.server.endpoint}/{bucket}/holder.json"
        try:
            client.create_stack(StackName=holder_name, TemplateURL=url)
        except client.exceptions.AlreadyExistsException:
            client.update_stack(StackName=holder_name, TemplateURL=url)
        return client.describe_stacks(StackName=holder_name)["Stacks"][0]

    def instances(self, name):
        pages = self.client("cloudformation").get_paginator("list_stack_instances").paginate(StackSetName=name)
        return {(one["Account"], one["Region"]): one for page in pages for one in page["Summaries"]}

    def value(self, account, region=HOME):
        return self.client("ssm", account, region).get_parameter(Name="/baseline")["Parameter"]["Value"]

    def states(self, *names):
        clients = VendingClients(self.local.session(self.management, HOME), self.local.server.endpoint)
        return baseline_states(clients, names, region=HOME)


@pytest.fixture
def organization(local: Local):
    management = f"{600000000000 + next(_numbers)}"
    session: boto3.Session = local.session(management, HOME)
    organizations = session.client("organizations", endpoint_url=local.server.endpoint)
    organizations.create_organization(FeatureSet="ALL")
    made = Organization(local, management, "", organizations.list_roots()["Roots"][0]["Id"])
    made.security = made.enter()
    made.client("s3", made.security, EDGE).create_bucket(Bucket=f"templates-{made.security}")
    organizations.enable_aws_service_access(ServicePrincipal=SERVICE)
    organizations.register_delegated_administrator(AccountId=made.security, ServicePrincipal=SERVICE)
    return made


def eventually(check):
    """What happens behind the back of a caller, such as auto deployment, takes a moment."""
    for _ in range(100):
        if check():
            return True
        time.sleep(0.05)
    return False


def test_every_account_below_the_root_gets_the_stack_but_the_management_account(organization):
    first, second = organization.enter(), organization.enter()

    assert organization.deploy("Root", regions=[HOME, EDGE])["StackStatus"] == "CREATE_COMPLETE"

    members = {organization.security, first, second}
    assert set(organization.instances("Root")) == {(account, region) for account in members for region in (HOME, EDGE)}
    assert organization.value(first) == f"first {first}"
    assert organization.value(second, EDGE) == f"first {second}"
    stacks = organization.client("cloudformation", first).describe_stacks()["Stacks"]
    assert [stack["StackName"].startswith("StackSet-Root-") for stack in stacks] == [True]


def test_an_account_that_comes_later_gets_the_stack_by_itself(organization):
    organization.deploy("Later")

    account = organization.enter()

    assert eventually(lambda: organization.states("Later").get(account) == "current")
    assert organization.value(account) == f"first {account}"


def test_an_account_that_moves_into_the_unit_gets_the_stack(organization):
    unit = organization.unit("Target")
    account = organization.enter()
    organization.deploy("Moving", targets=[unit])
    assert organization.instances("Moving") == {}

    organization.move(account, organization.root, unit)

    assert eventually(lambda: organization.states("Moving") == {account: "current"})


@pytest.mark.parametrize(("retain", "kept"), [(True, True), (False, False)])
def test_an_account_that_leaves_the_unit_keeps_the_stack_when_it_is_retained(organization, retain, kept):
    unit = organization.unit("Target")
    account = organization.enter()
    organization.move(account, organization.root, unit)
    automatic = {"Enabled": True, "RetainStacksOnAccountRemoval": retain}
    organization.deploy("Leaving", targets=[unit], AutoDeployment=automatic)

    organization.move(account, unit, organization.root)

    assert eventually(lambda: organization.instances("Leaving") == {})
    ssm = organization.client("ssm", account)
    assert bool(ssm.get_parameters(Names=["/baseline"])["Parameters"]) == kept


def test_without_auto_deployment_a_new_account_gets_nothing(organization):
    organization.deploy("Manual", AutoDeployment={"Enabled": False})

    account = organization.enter()
    time.sleep(0.3)

    assert account not in {key[0] for key in organization.instances("Manual")}


def test_a_new_template_reaches_every_account(organization):
    account = organization.enter()
    organization.deploy("Changing")

    changed = organization.deploy("Changing", body=template("second"))

    assert changed["StackStatus"] == "UPDATE_COMPLETE"
    assert organization.value(account) == f"second {account}"
    assert set(organization.states("Changing").values()) == {"current"}


def test_what_is_no_target_any_more_loses_its_stack(organization):
    account = organization.enter()
    organization.deploy("Shrinking", regions=[HOME, EDGE])

    organization.deploy("Shrinking", regions=[EDGE])

    assert {region for _, region in organization.instances("Shrinking")} == {EDGE}
    assert organization.client("ssm", account).get_parameters(Names=["/baseline"])["Parameters"] == []


def test_a_stack_that_fails_fails_the_stack_set_and_names_the_account(organization):
    account = organization.enter()

    failed = organization.deploy("Failing", body=template(**BROKEN), stack="failing")

    assert failed["StackStatus"] in ("ROLLBACK_COMPLETE", "ROLLBACK_IN_PROGRESS")
    events = organization.client("cloudformation", organization.security).describe_stack_events(StackName="failing")
    reasons = " ".join(event.get("ResourceStatusReason", "") for event in events["StackEvents"])
    assert account in reasons or organization.security in reasons


def test_failures_are_borne_up_to_the_tolerance(organization):
    organization.enter()

    made = organization.deploy("Bearing", body=template(**BROKEN), OperationPreferences={"FailureToleranceCount": 2})

    assert made["StackStatus"] == "CREATE_COMPLETE"
    assert set(organization.states("Bearing").values()) == {"failed"}
    assert all("Broken" in one["StatusReason"] for one in organization.instances("Bearing").values())


def test_a_failure_in_the_first_region_stops_before_the_second(organization):
    organization.client("ssm", organization.security, HOME).put_parameter(Name="/other", Value="x", Type="String")
    made = organization.deploy("First", body=template())
    assert made["StackStatus"] == "CREATE_COMPLETE"

    organization.deploy("First", body=template(**BROKEN), regions=[HOME, EDGE])

    details = {
        key[1]: one["StackInstanceStatus"]["DetailedStatus"] for key, one in organization.instances("First").items()
    }
    assert details[HOME] == "FAILED"
    assert details.get(EDGE, "CANCELLED") == "CANCELLED"


def test_a_stack_set_that_depends_on_another_comes_after_it(organization):
    before = json.loads(template()) | {"Outputs": {"Given": {"Value": "given", "Export": {"Name": "Given"}}}}
    taken = {"Name": "/after", "Type": "String", "Value": {"Fn::ImportValue": "Given"}}
    after = {"Resources": {"After": {"Type": "AWS::SSM::Parameter", "Properties": taken}}}
    organization.deploy("Before", body=json.dumps(before))
    described = organization.client("cloudformation").describe_stack_set(StackSetName="Before")["StackSet"]
    automatic = {"Enabled": True, "RetainStacksOnAccountRemoval": True, "DependsOn": [described["StackSetARN"]]}
    organization.deploy("After", body=json.dumps(after), AutoDeployment=automatic)

    account = organization.enter()

    assert eventually(lambda: organization.states("After", "Before").get(account) == "current")
    assert organization.client("ssm", account).get_parameter(Name="/after")["Parameter"]["Value"] == "given"


def test_only_a_delegated_administrator_may_act_for_the_management_account(organization):
    other = organization.enter()
    holder = organization.deploy("Refused", stack="refused", CallAs="SELF")

    assert "ROLLBACK" in holder["StackStatus"]
    client = organization.client("cloudformation", other)
    with pytest.raises(ClientError, match="must be a delegated administrator"):
        client.list_stack_sets(CallAs="DELEGATED_ADMIN")
    with pytest.raises(ClientError, match="StackSetNotFoundException"):
        client.describe_stack_set(StackSetName="Refused")


def test_the_administrator_and_the_management_account_see_the_same(organization):
    organization.deploy("Seen")

    delegated = organization.client("cloudformation", organization.security)
    management = organization.client("cloudformation")

    (seen,) = delegated.list_stack_sets(CallAs="DELEGATED_ADMIN")["Summaries"]
    assert seen["StackSetName"] == "Seen"
    assert [one["StackSetName"] for one in management.list_stack_sets()["Summaries"]] == ["Seen"]
    assert management.list_stack_sets()["Summaries"][0]["AutoDeployment"]["Enabled"] is True
    assert management.describe_stack_set(StackSetName="Seen")["StackSet"]["OrganizationalUnitIds"] == [
        organization.root
    ]


def test_an_operation_can_be_looked_at(organization):
    organization.deploy("Looked")
    client = organization.client("cloudformation")

    ((_, one),) = organization.instances("Looked").items()
    operation = client.describe_stack_set_operation(StackSetName="Looked", OperationId=one["LastOperationId"])

    assert operation["StackSetOperation"]["Status"] == "SUCCEEDED"
    (listed,) = client.list_stack_set_operations(StackSetName="Looked")["Summaries"]
    assert listed["OperationId"] == one["LastOperationId"]
    instance = client.describe_stack_instance(
        StackSetName="Looked", StackInstanceAccount=organization.security, StackInstanceRegion=HOME
    )
    assert instance["StackInstance"]["StackId"] == one["StackId"]
    with pytest.raises(ClientError, match="OperationNotFoundException"):
        client.describe_stack_set_operation(StackSetName="Looked", OperationId="none")


def test_pages_have_a_token(organization):
    organization.enter()
    organization.deploy("Paged")
    client = organization.client("cloudformation")

    first = client.list_stack_instances(StackSetName="Paged", MaxResults=1)
    second = client.list_stack_instances(StackSetName="Paged", MaxResults=1, NextToken=first["NextToken"])

    assert {first["Summaries"][0]["Account"], second["Summaries"][0]["Account"]} == {
        one[0] for one in organization.instances("Paged")
    }
    assert "NextToken" not in second


def test_a_stack_set_that_goes_takes_its_stacks_along(organization):
    organization.deploy("Going")

    organization.client("cloudformation", organization.security).delete_stack(StackName="holder-Going")

    assert organization.client("cloudformation").list_stack_sets()["Summaries"] == []
    assert organization.client("ssm", organization.security).get_parameters(Names=["/baseline"])["Parameters"] == []


def test_a_template_that_aws_would_not_take_is_refused(organization):
    large = json.dumps(
        {"Description": "x" * 1000, "Resources": json.loads(template())["Resources"], "Metadata": "y" * 51_200}
    )

    holder = organization.deploy("Large", body=large, stack="large")

    assert "ROLLBACK" in holder["StackStatus"]
