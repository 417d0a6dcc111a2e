"""Cloud assemblies to test with: small ones written by hand, and one that the CDK synthesized."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assembly.load import CloudAssembly


@dataclass
class AssemblyWriter:
    """Writes an assembly the way synth does, but only what a test is about."""

    directory: Path
    artifacts: dict = field(default_factory=dict)

    def stack(self, id, template, *, name=None, account="111122223333", region="eu-west-1", needs=(), paths=None):
        self.directory.mkdir(exist_ok=True)
        (self.directory / f"{id}.template.json").write_text(json.dumps(template, indent=1))
        entries = {
            f"/{path}": [{"type": "aws:cdk:logicalId", "data": logical_id}]
            for logical_id, path in (paths or {}).items()
        }
        (self.directory / f"{id}.metadata.json").write_text(json.dumps(entries))
        self.artifacts[id] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/{region}",
            "properties": {"templateFile": f"{id}.template.json", "stackName": name or id},
            "dependencies": list(needs),
            "additionalMetadataFile": f"{id}.metadata.json",
        }
        return self.write()

    def write(self):
        self.directory.mkdir(exist_ok=True)
        manifest = {"version": "55.0.0", "artifacts": self.artifacts}
        (self.directory / "manifest.json").write_text(json.dumps(manifest, indent=1))
        return self

    def load(self) -> CloudAssembly:
        return CloudAssembly.load(self.directory)


@pytest.fixture
def writer(tmp_path):
    return AssemblyWriter(tmp_path / "cdk.out")


@dataclass(frozen=True)
class SynthesizedCell:
    app: object
    assembly: CloudAssembly


@pytest.fixture(scope="session")
def synthesized_cell(tmp_path_factory):
    """Five stacks as a cell has them, with findings that are excused, and findings that are not."""
    return synthesize(tmp_path_factory.mktemp("cell"), product="acme-crm", account="111122223333")


@pytest.fixture(scope="session")
def sister_cell(tmp_path_factory):
    """A cell of the same shape for another product in another account."""
    return synthesize(tmp_path_factory.mktemp("sister"), product="beta-shop", account="444455556666")


def synthesize(directory: Path, *, product: str, account: str) -> SynthesizedCell:
    from aws_cdk import App, Environment, Stack, aws_iam, aws_s3, aws_ssm

    from constructs_lib.exception import excuse

    app = App(
        outdir=str(directory),
        analytics_reporting=False,
        tree_metadata=False,
        builtin_cloud_formation_validation=False,
        stack_traces=False,
        context={"@aws-cdk/core:defaultCrossStackReferences": "weak"},
    )
    home = Environment(account=account, region="eu-west-1")
    edge = Environment(account=account, region="us-east-1")

    def layer(id, name, env):
        return Stack(app, id, stack_name=f"{product}-prod{name}", env=env, cross_region_references=True)

    foundation = layer("ProductCell-Foundation", "-foundation", home)
    data = layer("ProductCell-Data", "-data", home)
    service = layer("ProductCell-Service", "-service", home)
    front = layer("ProductCell-Edge", "-edge", edge)
    cell = layer("ProductCell", "", home)
    for stack in (foundation, front, cell):
        aws_ssm.StringParameter(stack, "Record", string_value=product)

    declared = {"owner": "platform", "reason": "shown to the tests", "expires": "2027-06-30"}
    files = aws_s3.Bucket(data, "Files", enforce_ssl=True)
    excuse(files, rule="AwsSolutions-S1", **declared)

    role = aws_iam.Role(service, "Role", assumed_by=aws_iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    excuse(role, rule="AwsSolutions-IAM5[Resource::{reference}/*]", apply_to_children=True, **declared)
    parameters = "arn:<AWS::Partition>:ssm:{region}:{account}:parameter/cells/{product}/*"
    excuse(role, rule=f"AwsSolutions-IAM5[Resource::{parameters}]", apply_to_children=True, **declared)
    site = aws_s3.Bucket(service, "Site")  # its two findings are not excused
    for bucket in (files, site):
        role.add_to_policy(aws_iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects("*")]))
    path = service.format_arn(service="ssm", resource="parameter", resource_name=f"cells/{product}/*")
    role.add_to_policy(aws_iam.PolicyStatement(actions=["ssm:GetParameter"], resources=[path]))
    role.add_to_policy(aws_iam.PolicyStatement(actions=["s3:List*"], resources=[files.bucket_arn]))

    for stack in (data, service):
        cell.add_stack_dependency(stack)
    app.synth()
    return SynthesizedCell(app, CloudAssembly.load(directory))
