"""The ground of the example organization, synthesized once for all tests of this room."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.ledger import load_registry
from accounts.names import BASELINE_STACK_SETS
from accounts.spec import OrganizationSpec
from assembly.load import CloudAssembly
from constructs_lib.specs.document import load_spec

ROOT = Path(__file__).parents[2]
PSEUDO = {"AWS::Partition": "aws", "AWS::AccountId": "111122223333", "AWS::Region": "eu-west-1"}
PRODUCTS = {"acme-crm": ("dev", "staging", "prod")}


@dataclass(frozen=True)
class Ground:
    app: object
    assembly: CloudAssembly

    def template(self, stack):
        from aws_cdk.assertions import Template

        return Template.from_json(json.loads(self.text(stack)))

    def text(self, stack):
        """The template of a stack, or of a stack set of the baseline."""
        if stack not in BASELINE_STACK_SETS:
            return (self.assembly.directory / f"{stack}.template.json").read_text()
        sets = self.template("BaselineStackSets").find_resources(
            "AWS::CloudFormation::StackSet", {"Properties": {"StackSetName": stack}}
        )
        (found,) = sets.values()
        return found["Properties"]["TemplateBody"]

    def only(self, stack, type):
        """The properties of the one resource of a type, with the partition filled in."""
        (resource,) = self.all(stack, type)
        return resource

    def all(self, stack, type):
        return [resolved(resource) for resource in self.template(stack).find_resources(type).values()]

    def artifact(self, stack):
        """What the CDK CLI is told about a stack."""
        return json.loads((self.assembly.directory / "manifest.json").read_text())["artifacts"][stack]["properties"]

    def policy(self, stack, name):
        found = self.template(stack).find_resources(
            "AWS::IAM::ManagedPolicy", {"Properties": {"ManagedPolicyName": name}}
        )
        return resolved(next(iter(found.values())))["Properties"]["PolicyDocument"]


def resolved(value):
    """Join what the template joins, in the dev cell's account and home region."""
    if isinstance(value, dict):
        if "Fn::Join" in value:
            return "".join(str(resolved(part)) for part in value["Fn::Join"][1])
        if list(value) == ["Ref"] and value["Ref"] in PSEUDO:
            return PSEUDO[value["Ref"]]
        return {key: resolved(part) for key, part in value.items()}
    return [resolved(part) for part in value] if isinstance(value, list) else value


@pytest.fixture(scope="session")
def organization():
    return load_spec(ROOT / "accounts" / "organization.yaml", OrganizationSpec)


@pytest.fixture(scope="session")
def registry():
    """With the cells of `PRODUCTS` only, so that what a test expects does not change with every new product."""
    read = load_registry(ROOT / "accounts" / "registry.json")
    return read.model_copy(update={"cells": tuple(cell for cell in read.cells if cell.product in PRODUCTS)})


@pytest.fixture(scope="session")
def lay_ground(tmp_path_factory):
    from aws_cdk import App

    from accounts.organization import build_organization
    from accounts.platform import Platform

    def run(organization, registry, products=PRODUCTS):
        directory = tmp_path_factory.mktemp("ground")
        app = App(
            outdir=str(directory),
            analytics_reporting=False,
            tree_metadata=False,
            builtin_cloud_formation_validation=False,
            stack_traces=False,
            context=json.loads((ROOT / "cdk.json").read_text())["context"],
        )
        build_organization(app, Platform(organization, registry, products))
        app.synth()
        return Ground(app, CloudAssembly.load(directory))

    return run


@pytest.fixture(scope="session")
def ground(lay_ground, organization, registry):
    return lay_ground(organization, registry)
