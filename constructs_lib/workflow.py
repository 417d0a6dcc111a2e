"""A workflow of several steps, with its log and its alarms."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from cdk_monitoring_constructs import ErrorCountThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.log_retention import log_retention
from constructs_lib.specs.workflow import WorkflowSpec


class Workflow(Construct):
    """A Step Functions state machine that logs every step without its data, and is traced by X-Ray.

    A run that takes longer than `timeout_minutes` fails. What its steps call is granted to `role` by who builds it.

    https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str,
        definition: sfn.IChainable,
        spec: WorkflowSpec,
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self.log_group = logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=log_key,
            retention=log_retention(spec.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = self._build_role(description)
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            comment=description,
            definition_body=sfn.DefinitionBody.from_chainable(definition),
            state_machine_type=sfn.StateMachineType.STANDARD,
            role=self.role,
            timeout=Duration.minutes(spec.timeout_minutes),
            tracing_enabled=True,
            logs=sfn.LogOptions(destination=self.log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
        )

        excuse(
            self.state_machine,
            rule="W3005",
            reason="the CDK lets it wait for the role and for the role's policy, and the first follows from the second",
            owner="platform",
            expires="2027-11-30",
        )

    def grant_start(self, grantee: iam.IGrantable) -> None:
        """Let the grantee start runs, and nothing else."""
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(actions=["states:StartExecution"], resources=[self.state_machine.state_machine_arn])
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Add alarms: a run failed, or took too long."""
        name = self.node.path.partition("/")[2]
        facade.monitor_step_function(
            state_machine=self.state_machine,
            human_readable_name=name,
            alarm_friendly_name=name.replace("/", "-"),
            add_failed_execution_count_alarm={"Warning": ErrorCountThreshold(max_error_count=0)},
            add_timed_out_execution_count_alarm={"Warning": ErrorCountThreshold(max_error_count=0)},
        )

    def _build_role(self, description: str) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"), description=description)
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="log deliveries and traces have no resource; the actions write logs and traces only",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )
        return role
