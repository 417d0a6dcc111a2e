"""An Amplify Hosting app: pages that AWS builds, serves and caches, for a cell whose front door serves the API only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_amplify as amplify
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from cdk_monitoring_constructs import CustomMetricGroup, MonitoringFacade
from constructs import Construct

from constructs_lib.alarm_above import alarm_above
from constructs_lib.exception import excuse
from constructs_lib.log_retention import log_retention
from constructs_lib.specs.content_security import with_sources
from constructs_lib.specs.frontend import AmplifyFrontend
from constructs_lib.specs.security_headers import security_headers

SINGLE_PAGE = "</^[^.]+$/>"
"""Paths without a dot: they live in the browser, and no file has their name."""

_A_YEAR = "public, max-age=31536000, immutable"
_PERIOD = Duration.minutes(5)
_ENOUGH_REQUESTS = 100
"""Requests in a period from which on a share of errors means something."""


class AmplifyApp(Construct):
    """An app with one branch, which the pipeline releases. No token of a repository is in the template.

    A `static` app is released as files (`StartDeployment`). A `server` app is built by Amplify from the repository that
    a person connects once (`StartJob` at a commit): Amplify takes no finished build of it. No push releases by itself.
    Amplify empties its cache with each release; files whose names are versions stay in browsers for a year, and a page
    that is open keeps the server of its own version. Stateless: a release brings the content again.

    L1, because the L2 is a package of its own that is still alpha: https://github.com/aws/aws-cdk/issues/7829
    See https://docs.aws.amazon.com/amplify/latest/userguide/custom-headers.html,
    https://docs.aws.amazon.com/amplify/latest/userguide/skew-protection.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: AmplifyFrontend,
        name: str,
        api_url: str,
        content_security_policy: str,
        called: Sequence[str],
        shown: Sequence[str],
        log_key: kms.IKey,
        log_retention_days: int,
    ) -> None:
        """`called` are further origins that pages call, `shown` those of their pictures, besides the API."""
        super().__init__(scope, id)
        policy = with_sources(content_security_policy, "connect-src", _callable(api_url, called))
        policy = with_sources(policy, "img-src", [api_url, *shown])
        rendered = spec.rendering == "server"
        self.service_role = (
            self._build_role("ServiceRole", "Amplify writes the logs of the server") if rendered else None
        )
        self.compute_role = self._build_role("ComputeRole", "What the server of the pages is") if rendered else None
        self.app = self._build_app(spec, name, {"API_URL": api_url, **spec.variables}, _headers(spec, policy))
        self.branch = self._build_branch(spec)
        if self.service_role is not None:
            self._build_logs(self.service_role, log_key, log_retention_days)

    @property
    def arn(self) -> str:
        """The app, as a web ACL is associated with it."""
        return self.app.attr_arn

    def metric_requests(self) -> cloudwatch.Metric:
        """Requests to all branches."""
        return self._metric("Requests", "Requests", cloudwatch.Stats.SUM)

    def metric_server_errors(self) -> cloudwatch.MathExpression:
        """Percentage of requests that were answered with 5xx; 0 while there are few requests."""
        return cloudwatch.MathExpression(
            expression=f"IF(requests >= {_ENOUGH_REQUESTS}, 100 * errors / requests, 0)",
            using_metrics={
                "requests": self.metric_requests(),
                "errors": self._metric("5xxErrors", "5xx", cloudwatch.Stats.SUM),
            },
            period=_PERIOD,
            label="5xx",
        )

    def metric_latency(self) -> cloudwatch.Metric:
        """Seconds until the first byte of an answer, 95th percentile."""
        return self._metric("Latency", "Latency p95", "p95")

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm on errors and on slow pages."""
        facade.add_large_header("Frontend").monitor_custom(
            alarm_friendly_name="Frontend",
            human_readable_name="Frontend",
            metric_groups=[
                CustomMetricGroup(title="Requests", metrics=[self.metric_requests()]),
                CustomMetricGroup(
                    title="Errors (percent)",
                    metrics=[alarm_above("FrontendServerErrors", self.metric_server_errors(), threshold=1, periods=3)],
                ),
                CustomMetricGroup(
                    title="Latency (seconds)",
                    metrics=[alarm_above("FrontendLatency", self.metric_latency(), threshold=3, periods=3)],
                ),
            ],
        )

    def _metric(self, name: str, label: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/AmplifyHosting",
            metric_name=name,
            dimensions_map={"App": self.app.attr_app_id},
            statistic=statistic,
            period=_PERIOD,
            label=label,
        )

    def _build_app(
        self, spec: AmplifyFrontend, name: str, variables: Mapping[str, str], headers: str
    ) -> amplify.CfnApp:
        rendered = spec.rendering == "server"
        page = amplify.CfnApp.CustomRuleProperty(source=SINGLE_PAGE, target="/index.html", status="200")
        return amplify.CfnApp(
            self,
            "Resource",
            name=name,
            description="Frontend of a product cell",
            platform="WEB_COMPUTE" if rendered else "WEB",
            iam_service_role=self.service_role.role_arn if self.service_role else None,
            compute_role_arn=self.compute_role.role_arn if self.compute_role else None,
            environment_variables=[
                amplify.CfnApp.EnvironmentVariableProperty(name=variable, value=value)
                for variable, value in sorted(variables.items())
            ],
            custom_headers=headers,
            custom_rules=None if rendered else [page],
            # Files are the same for everybody; what a server renders may depend on who is signed in.
            cache_config=amplify.CfnApp.CacheConfigProperty(
                type="AMPLIFY_MANAGED" if rendered else "AMPLIFY_MANAGED_NO_COOKIES"
            ),
            enable_branch_auto_deletion=False,
        )

    def _build_branch(self, spec: AmplifyFrontend) -> amplify.CfnBranch:
        return amplify.CfnBranch(
            self,
            "Branch",
            app_id=self.app.attr_app_id,
            branch_name=spec.branch,
            # Each cell has an app of its own, so this branch is always what its users see.
            stage="PRODUCTION",
            enable_auto_build=False,
            enable_pull_request_preview=False,
            enable_skew_protection=spec.rendering == "server",
        )

    def _build_role(self, id: str, description: str) -> iam.Role:
        stack = Stack.of(self)
        return iam.Role(
            self,
            id,
            description=description,
            assumed_by=iam.ServicePrincipal(
                "amplify.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {
                        "aws:SourceArn": stack.format_arn(service="amplify", resource="apps", resource_name="*")
                    },
                },
            ),
        )

    def _build_logs(self, role: iam.Role, key: kms.IKey, retention_days: int) -> None:
        """The log of the server, whose name Amplify gives.

        See https://docs.aws.amazon.com/amplify/latest/userguide/amplify-SSR-cloudwatch-logs.html
        """
        group = logs.LogGroup(
            self,
            "LogGroup",
            log_group_name=f"/aws/amplify/{self.app.attr_app_id}",
            encryption_key=key,
            retention=log_retention(retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        Tags.of(group).add("data-classification", "confidential")
        group.grant_write(role)
        looks = iam.Policy(
            self,
            "FindLogGroup",
            roles=[role],
            statements=[iam.PolicyStatement(actions=["logs:DescribeLogGroups"], resources=["*"])],
        )
        excuse(
            looks,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="Amplify looks for the log group before it writes, and the action is one over all of them",
            owner="platform",
            expires="2027-11-30",
        )


def _callable(api_url: str, called: Sequence[str]) -> list[str]:
    return [api_url, api_url.replace("https://", "wss://", 1), *called]


def _headers(spec: AmplifyFrontend, content_security_policy: str) -> str:
    """The file that Amplify calls `customHttp.yml`. JSON strings are YAML."""
    blocks = [("**", security_headers(content_security_policy))]
    blocks += [(path, {"Cache-Control": _A_YEAR}) for path in spec.versioned_paths]
    lines = ["customHeaders:"]
    for pattern, headers in blocks:
        lines += [f"  - pattern: {json.dumps(pattern)}", "    headers:"]
        for key, value in headers.items():
            lines += [f"      - key: {json.dumps(key)}", f"        value: {json.dumps(value)}"]
    return "\n".join(lines) + "\n"
