"""Two layers, as cells have them: keys and network in one stack, what a test builds in the next, readers in a third."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from cdk_monitoring_constructs import AlarmFactoryDefaults, MonitoringFacade

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.specs.landing import LogArchive
from constructs_lib.specs.protection import ProtectionSpec

RETAIN = ProtectionSpec(removal="retain", deletion_protection=True, termination_protection=True)
SNAPSHOT = ProtectionSpec(removal="snapshot", deletion_protection=False, termination_protection=False)
DESTROY = ProtectionSpec(removal="destroy", deletion_protection=False, termination_protection=False)

ARCHIVE = LogArchive(
    account="333333333333", region="eu-west-1", bucket_name="example-access-logs-333333333333-eu-west-1"
)

CONTEXT = {
    "@aws-cdk/core:defaultCrossStackReferences": "weak",
    "@aws-cdk/core:explicitStackTags": True,
    "@aws-cdk/aws-iam:minimizePolicies": False,
    "aws:cdk:disable-creation-stack-traces": True,
}


class SampleData:
    """An app with the stacks Foundation, Data and Service."""

    def __init__(self, folder: Path | None = None) -> None:
        self.app = App(
            outdir=str(folder) if folder else None,
            analytics_reporting=False,
            tree_metadata=False,
            stack_traces=False,
            builtin_cloud_formation_validation=False,
            context=CONTEXT,
        )
        home = Environment(account="111122223333", region="eu-west-1")
        self.foundation = Stack(self.app, "Foundation", env=home)
        self.data = Stack(self.app, "Data", env=home)
        self.service = Stack(self.app, "Service", env=home)
        self.key = kms.Key(self.foundation, "Key", enable_key_rotation=True)
        self.log_key = kms.Key(self.foundation, "LogKey", enable_key_rotation=True)
        self.vpc = ec2.Vpc(
            self.foundation,
            "Vpc",
            availability_zones=["eu-west-1a", "eu-west-1b", "eu-west-1c"],
            restrict_default_security_group=False,
            subnet_configuration=[ec2.SubnetConfiguration(name="data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
        )
        self.subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.log_bucket = s3.Bucket(self.foundation, "LogBucket")
        self._facade: MonitoringFacade | None = None
        self.reader = iam.Role(self.service, "Reader", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        self.client = ec2.SecurityGroup(
            self.service, "Client", vpc=self.vpc, description="A service", allow_all_outbound=False
        )

    def facade(self) -> MonitoringFacade:
        if self._facade is None:
            defaults = AlarmFactoryDefaults(alarm_name_prefix="Data", actions_enabled=True)
            self._facade = MonitoringFacade(self.data, "Monitoring", alarm_factory_defaults=defaults)
        return self._facade

    def template(self) -> Template:
        return Template.from_stack(self.data)

    def readers(self) -> Template:
        return Template.from_stack(self.service)

    def allowed(self) -> dict[str, list[dict]]:
        """What the reader may do: action to statements."""
        found: dict[str, list[dict]] = {}
        for policy in self.readers().find_resources("AWS::IAM::Policy").values():
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                for action in [actions] if isinstance(actions, str) else actions:
                    found.setdefault(action, []).append(statement)
        return found


def findings(folder: Path, build: Callable[[SampleData], None]) -> list[str]:
    """What the checks find in Data and Service that is not excused, and excuses that nothing needs."""
    sample = SampleData(folder)
    build(sample)
    sample.app.synth()
    judgement = check(CloudAssembly.load(folder), on=date(2026, 11, 21), app=sample.app).judgement
    unexcused = [f"{item.path}: {item.rule}" for item in judgement.unexcused if item.stack != "Foundation"]
    return [*unexcused, *(f"unused: {item.rule}" for item in judgement.unused)]


def only(resources: dict[str, dict]) -> dict:
    (resource,) = resources.values()
    return resource


def properties(template: Template, type: str) -> dict:
    return only(template.find_resources(type))["Properties"]
