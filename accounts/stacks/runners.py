"""Runners of GitHub Actions: a CodeBuild project for each repository, and a fresh machine for each job."""

from __future__ import annotations

from aws_cdk import CfnResource, Duration, RemovalPolicy
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from accounts.ci_cd_spec import Compute, Repository, Runners

_COMPUTE: dict[Compute, codebuild.ComputeType] = {
    "small": codebuild.ComputeType.SMALL,
    "medium": codebuild.ComputeType.MEDIUM,
    "large": codebuild.ComputeType.LARGE,
}


class Runner(Construct):
    """The runner of one repository. A job asks for it by `runs-on: codebuild-<project>-<run id>-<attempt>`.

    Whoever opens a pull request may write a job that runs here. So the machine's own role can write its log and fetch
    its source, and nothing else: a job gets rights by the pipeline role, which trusts branches and environments.
    See https://docs.aws.amazon.com/codebuild/latest/userguide/action-runner.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        prefix: str,
        repository: Repository,
        runners: Runners,
        key: kms.Key,
    ) -> None:
        """`prefix` starts the project's name; `key` encrypts logs."""
        super().__init__(scope, id)
        self._runners = runners
        name = f"{prefix}-{repository.runner_name}"
        self.log_group = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/cells/runners/{name}",
            encryption_key=key,
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self.role = self._build_role()
        self.project = self._build_project(name, repository, key)

    def _build_role(self) -> iam.Role:
        statements = [
            iam.PolicyStatement(
                sid="WriteItsLog",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[self.log_group.log_group_arn],
            ),
            iam.PolicyStatement(
                sid="FetchItsSource",
                actions=["codeconnections:GetConnection", "codeconnections:GetConnectionToken"],
                resources=[self._runners.connection],
            ),
        ]
        return iam.Role(
            self,
            "Role",
            description="A runner: writes its log and fetches its source",
            assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"),
            inline_policies={"Run": iam.PolicyDocument(statements=statements)},
        )

    def _build_project(self, name: str, repository: Repository, key: kms.Key) -> codebuild.Project:
        owner, _, repo = repository.name.partition("/")
        queued = codebuild.FilterGroup.in_event_of(codebuild.EventAction.WORKFLOW_JOB_QUEUED)
        project = codebuild.Project(
            self,
            "Project",
            project_name=name,
            description=f"Runs GitHub Actions jobs of {repository.name}",
            # What CDK would add is more than a runner needs: report groups, and log groups by a pattern.
            role=self.role.without_policy_updates(),
            source=codebuild.Source.git_hub(owner=owner, repo=repo, webhook=True, webhook_filters=[queued]),
            environment=codebuild.BuildEnvironment(
                build_image=codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
                compute_type=_COMPUTE[self._runners.compute],
                privileged=False,
            ),
            logging=codebuild.LoggingOptions(
                cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=self.log_group, enabled=True)
            ),
            encryption_key=key,
            timeout=Duration.minutes(self._runners.timeout_minutes),
            concurrent_build_limit=self._runners.concurrent,
        )
        resource = project.node.default_child
        assert isinstance(resource, CfnResource)
        # The L2 knows tokens of the account only, and those are everybody's.
        resource.add_property_override("Source.Auth", {"Type": "CODECONNECTIONS", "Resource": self._runners.connection})
        return project
