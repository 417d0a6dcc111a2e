"""An organization on the embedded AWS, adopted, broken by hand, mended, and brought to its end by the command line."""

import json
from pathlib import Path

import pytest

from tests.integration.conftest import Project

pytestmark = pytest.mark.integration

MANAGEMENT = "111111111111"
_QUICK = "settings: {default_network: kept, ebs_encryption: false, password_policy: null, bootstrap: false}\n"


@pytest.fixture(scope="module")
def project(own_project: Project) -> Project:
    """Alone: what is broken here is the organization itself."""
    return own_project


@pytest.fixture(scope="module")
def adopted(project: Project) -> Project:
    """The organization of three products, built without its stacks, and adopted into an empty folder."""
    path = project.folder / "accounts" / "organization.yaml"
    path.write_text(path.read_text() + _QUICK)
    assert project.cells("local", "up", "--port", str(project.port)).code == 0
    for product in ("billing", "ledger"):
        assert project.cells("new", product, "--modules", "tasks", "--yes").code == 0
    built = project.cells("org", "apply", "--no-stacks", "--yes", "--json")
    assert built.code == 0, built.err

    result = project.cells("org", "adopt", "--into", "company", "--json")
    assert result.code == 0, result.err
    folder = project.folder / "company"
    (folder / ".cells" / "local").symlink_to(project.folder / ".cells" / "local")
    (folder / "cdk.json").write_text((project.folder / "cdk.json").read_text())
    return Project(folder, project.port)


@pytest.fixture(scope="module")
def api(adopted: Project):
    return adopted.client("organizations", MANAGEMENT, "us-east-1")


def registry_of(project: Project):
    return json.loads((project.folder / "accounts" / "registry.json").read_text())


def findings(project: Project, *, code: int) -> dict:
    result = project.cells("org", "drift", "--json")
    assert result.code == code, result.err
    return {one["name"]: one for one in result.json()["findings"]}


def test_the_adopted_folder_has_what_the_project_has_and_its_plan_is_empty(project: Project, adopted: Project) -> None:
    assert adopted.cells("org", "plan", "--json").json()["steps"] == []
    assert findings(adopted, code=0) == {}
    assert registry_of(adopted) == registry_of(project)
    products = sorted(path.name for path in (adopted.folder / "cells" / "products").iterdir())
    assert products == ["acme-crm.yaml", "billing.yaml", "ledger.yaml"]


def test_what_is_there_is_not_written_over(adopted: Project) -> None:
    refused = adopted.cells("org", "adopt")
    assert refused.code == 2
    assert "accounts/organization.yaml is there already" in refused.err

    again = adopted.cells("org", "adopt", "--force", "--json")
    assert again.code == 0, again.err
    assert adopted.cells("org", "plan", "--json").json()["steps"] == []


def test_everything_that_somebody_breaks_is_told_and_mended(adopted: Project, api) -> None:
    accounts = {name: entry["id"] for name, entry in registry_of(adopted)["accounts"].items()}
    [root] = api.list_roots()["Roots"]
    units = {
        one["Name"]: one["Id"]
        for one in api.list_organizational_units_for_parent(ParentId=root["Id"])["OrganizationalUnits"]
    }
    account = adopted.client("account", MANAGEMENT, "us-east-1")
    api.create_organizational_unit(ParentId=root["Id"], Name="Rogue")
    api.move_account(
        AccountId=accounts["log-archive"], SourceParentId=units["Security"], DestinationParentId=units["Sandbox"]
    )
    account.put_account_name(AccountId=accounts["ci-cd"], AccountName="Builds")
    api.tag_resource(ResourceId=accounts["network-hub"], Tags=[{"Key": "managed-by", "Value": "hand"}])
    api.tag_resource(ResourceId=accounts["network-hub"], Tags=[{"Key": "mood", "Value": "good"}])
    api.untag_resource(ResourceId=accounts["shared-services"], TagKeys=["organization"])
    api.enable_aws_service_access(ServicePrincipal="fms.amazonaws.com")
    api.disable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    api.enable_policy_type(RootId=root["Id"], PolicyType="CHATBOT_POLICY")
    api.deregister_delegated_administrator(
        AccountId=accounts["security-tooling"], ServicePrincipal="backup.amazonaws.com"
    )
    adopted.client("iam", MANAGEMENT, "us-east-1").disable_organizations_root_sessions()

    found = findings(adopted, code=1)

    assert set(found) == {
        "unit:Rogue",
        "account:log-archive:unit",
        "account:ci-cd:name",
        "account:network-hub:tag:managed-by",
        "account:network-hub:tag:mood",
        "account:shared-services:tag:organization",
        "service:fms.amazonaws.com",
        "service:ram.amazonaws.com",
        "policy-type:CHATBOT_POLICY",
        "administrator:backup.amazonaws.com",
        "root-access:RootSessions",
    }
    assert {one["mover"] for one in found.values()} == {"organization"}

    plan = adopted.cells("org", "drift", "--revert", "all", "--out", "revert.json", "--json")
    assert plan.code == 0, plan.err
    assert [step["name"] for step in plan.json()["steps"] if step["irreversible"]] == [plan.json()["steps"][-1]["name"]]
    applied = adopted.cells("org", "apply", "--plan", "revert.json", "--yes", "--json")
    assert applied.code == 0, applied.err
    assert findings(adopted, code=0) == {}


def test_a_finding_is_adopted_with_the_comments_kept(adopted: Project, api) -> None:
    [root] = api.list_roots()["Roots"]
    api.create_organizational_unit(ParentId=root["Id"], Name="Data")
    path = adopted.folder / "accounts" / "organization.yaml"
    before = path.read_text()

    result = adopted.cells("org", "drift", "--adopt", "unit:Data", "--yes")

    assert result.code == 0, result.err
    assert "+units:" in result.out
    assert path.read_text().startswith(before.rstrip("\n"))
    assert findings(adopted, code=0) == {}


def test_a_product_comes_to_its_end_in_two_runs(adopted: Project, api) -> None:
    before = {cell["product"]: cell["account"] for cell in registry_of(adopted)["cells"]}
    bucket = adopted.client("s3", before["ledger"])
    bucket.create_bucket(Bucket="precious", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    refused = adopted.cells("product", "close", "ledger", "--yes")
    assert refused.code == 3
    assert "bucket precious" in refused.err
    bucket.delete_bucket(Bucket="precious")

    assert adopted.cells("product", "close", "ledger", "--yes").code == 0
    assert states(adopted, "ledger") == {"closing"}
    assert "it can be closed from" in adopted.cells("product", "close", "ledger", "--yes").err
    assert adopted.cells("product", "close", "ledger", "--reopen", "--yes").code == 0
    assert states(adopted, "ledger") == {"active"}

    assert adopted.cells("product", "close", "ledger", "--yes").code == 0
    for cell in registry_of(adopted)["cells"]:
        if cell["product"] == "ledger":
            api.tag_resource(ResourceId=cell["account"], Tags=[{"Key": "cells:closing-since", "Value": "2026-01-01"}])
    assert adopted.cells("product", "close", "ledger", "--out", "close.json").code == 0
    closed = adopted.cells("org", "apply", "--plan", "close.json", "--yes")
    assert closed.code == 0, closed.err

    assert states(adopted, "ledger") == {"closed"}
    assert [one["State"] for one in api.list_accounts()["Accounts"] if one["Name"].startswith("ledger")] == [
        "SUSPENDED"
    ] * 3
    assert adopted.cells("org", "plan", "--json").json()["steps"] == []


def states(project: Project, product: str) -> set[str]:
    return {cell["state"] for cell in registry_of(project)["cells"] if cell["product"] == product}


def test_a_plan_that_was_approved_for_another_organization_is_refused(adopted: Project) -> None:
    path = Path(adopted.folder / "close.json")
    plan = json.loads(path.read_text())
    path.write_text(json.dumps({**plan, "organization": "o-someoneelse1"}))

    refused = adopted.cells("org", "apply", "--plan", "close.json", "--yes")

    assert refused.code == 2
    assert "the plan is for the organization o-someoneelse1" in refused.err
