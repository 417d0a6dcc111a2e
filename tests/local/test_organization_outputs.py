"""What stacks of the organization tell is written down, from a real CloudFormation."""

import json
from pathlib import Path

import pytest

from accounts.ledger import load_registry, write_registry
from cells.cli.organization_outputs import record_outputs
from cells.cli.target import LocalTarget
from cells.cli.workspace import Workspace
from constructs_lib.specs.registry import AccountEntry, OrganizationEntry, Registry
from tests.local.conftest import ROOT, Local

# Of this test alone: the embedded AWS is shared.
HUB, SHARED = "888888888801", "888888888802"
PROD = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Prod"
TEST = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_NonProd"
GATEWAY = "tgw-0123456789abcdef0"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts" / "organization.yaml").write_text((ROOT / "accounts" / "organization.yaml").read_text())
    accounts = {"log-archive": AccountEntry(), "network-hub": AccountEntry(), "shared-services": AccountEntry()}
    write_registry(tmp_path / "accounts" / "registry.json", Registry(accounts=accounts))
    return Workspace(tmp_path)


def vended(workspace: Workspace) -> Workspace:
    registry = load_registry(workspace.registry_path)
    ids = {"network-hub": HUB, "shared-services": SHARED}
    accounts = {name: AccountEntry(id=ids.get(name), state="pending") for name in registry.accounts}
    write_registry(workspace.registry_path, registry.model_copy(update={"accounts": accounts}))
    return Workspace(workspace.root)


def deploy(local: Local, account: str, name: str, outputs: dict[str, str]) -> None:
    cloudformation = local.session(account).client("cloudformation", endpoint_url=local.server.endpoint)
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))


def test_what_the_stacks_tell_is_recorded_once_they_are_there(local: Local, workspace: Workspace) -> None:
    target = LocalTarget(local.server.endpoint, local.server.state_dir)

    assert record_outputs(workspace, target) == ()  # no account is vended
    workspace = vended(workspace)
    untouched = workspace.registry_path.read_bytes()
    assert record_outputs(workspace, target) == ()  # no stack is there
    assert workspace.registry_path.read_bytes() == untouched

    deploy(local, SHARED, "example-shared-services", {"ProdIssuer": PROD, "NonProdIssuer": TEST})
    assert record_outputs(workspace, target) == (
        f"the issuer of prod cells is {PROD}",
        f"the issuer of non-prod cells is {TEST}",
    )
    deploy(local, HUB, "example-network-hub", {"TransitGatewayId": GATEWAY})
    assert record_outputs(workspace, target) == (f"the transit gateway of eu-west-1 is {GATEWAY}",)

    assert load_registry(workspace.registry_path).organization == OrganizationEntry(
        issuers={"prod": PROD, "non-prod": TEST}, transit_gateways={"eu-west-1": GATEWAY}
    )
    recorded = workspace.registry_path.read_bytes()
    assert record_outputs(workspace, target) == ()
    assert workspace.registry_path.read_bytes() == recorded
