"""A web ACL: which requests CloudFront, or an API of a region, refuses before they cost anything."""

from __future__ import annotations

from typing import Literal

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from constructs_lib.log_retention import log_retention
from constructs_lib.specs.edge import EdgeSpec
from constructs_lib.specs.region import EDGE_REGION
from constructs_lib.web_acl_rules import rules

_DESCRIPTIONS = {
    "CLOUDFRONT": "What CloudFront lets through to the cell",
    "REGIONAL": "What the REST API lets through to the cell",
}
_REDACTED_HEADERS = ("authorization", "cookie", "x-api-key")


class WebAcl(Construct):
    """An AWS WAF web ACL for CloudFront, and the log of what it saw. Belongs in us-east-1.

    With the reach `REGIONAL` it is for an API or a load balancer of its own region. `metric` names it in its metrics:
    two web ACLs of one region need two names.

    A request that no rule blocks is let through. Each rule is blocking, counting or left out, as the spec says.
    Headers that carry credentials never reach the log. Stateless: the organization copies its log to the archive.
    See https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: EdgeSpec,
        key: kms.IKey,
        name_prefix: str,
        reach: Literal["CLOUDFRONT", "REGIONAL"] = "CLOUDFRONT",
        metric: str = "WebAcl",
    ) -> None:
        super().__init__(scope, id)
        self._reach = reach
        self._metric_name = metric
        self.web_acl = self._build_web_acl(spec)
        self.log_group = self._build_log_group(spec, key, name_prefix)
        self.log_policy = self._build_log_policy(name_prefix)
        self.logging = self._build_logging()

    @property
    def arn(self) -> str:
        """What a distribution of CloudFront names as its web ACL."""
        return self.web_acl.attr_arn

    def metric_blocked_requests(self) -> cloudwatch.Metric:
        """Requests that a rule blocked."""
        return self._metric("BlockedRequests", "Blocked")

    def metric_counted_requests(self) -> cloudwatch.Metric:
        """Requests that a rule would have blocked, were it not only counting."""
        return self._metric("CountedRequests", "Counted")

    def metric_allowed_requests(self) -> cloudwatch.Metric:
        """Requests that were let through."""
        return self._metric("AllowedRequests", "Allowed")

    def _metric(self, name: str, label: str) -> cloudwatch.Metric:
        edge = self._reach == "CLOUDFRONT"
        region = EDGE_REGION if edge else Stack.of(self).region
        # Metrics of a web ACL for CloudFront have no dimension Region.
        dimensions = {"WebACL": self._metric_name, "Rule": "ALL"} | ({} if edge else {"Region": region})
        return cloudwatch.Metric(
            namespace="AWS/WAFV2",
            metric_name=name,
            dimensions_map=dimensions,
            statistic=cloudwatch.Stats.SUM,
            period=Duration.minutes(5),
            label=label,
            # A dashboard of another region has to know where they are.
            region=region,
        )

    def _build_web_acl(self, spec: EdgeSpec) -> wafv2.CfnWebACL:
        return wafv2.CfnWebACL(
            self,
            "Resource",
            scope=self._reach,
            description=_DESCRIPTIONS[self._reach],
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow=wafv2.CfnWebACL.AllowActionProperty()),
            rules=rules(spec),
            visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
                cloud_watch_metrics_enabled=True, metric_name=self._metric_name, sampled_requests_enabled=True
            ),
        )

    def _build_log_group(self, spec: EdgeSpec, key: kms.IKey, name_prefix: str) -> logs.LogGroup:
        group = logs.LogGroup(
            self,
            "LogGroup",
            # AWS WAF writes to no log group whose name starts differently.
            log_group_name=f"aws-waf-logs-{name_prefix}",
            encryption_key=key,
            retention=log_retention(spec.log_retention_days),
            # It has a name, so one that stayed would be in the way of its successor.
            removal_policy=RemovalPolicy.DESTROY,
        )
        Tags.of(group).add("data-classification", "confidential")
        return group

    def _build_log_policy(self, name_prefix: str) -> logs.ResourcePolicy:
        """Let AWS WAF write to this log group, for this account only.

        See https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
        """
        stack = Stack.of(self)
        return logs.ResourcePolicy(
            self,
            "LogPolicy",
            resource_policy_name=f"{name_prefix}-web-acl",
            policy_statements=[
                iam.PolicyStatement(
                    sid="WebAclLogs",
                    principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[f"{self._log_group_arn()}:log-stream:*"],
                    conditions={
                        "StringEquals": {"aws:SourceAccount": stack.account},
                        "ArnLike": {"aws:SourceArn": stack.format_arn(service="logs", resource="*")},
                    },
                )
            ],
        )

    def _build_logging(self) -> wafv2.CfnLoggingConfiguration:
        configuration = wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.arn,
            log_destination_configs=[self._log_group_arn()],
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": name})
                for name in _REDACTED_HEADERS
            ],
        )
        configuration.node.add_dependency(self.log_policy)
        return configuration

    def _log_group_arn(self) -> str:
        """Without the `:*` at the end, which AWS WAF refuses."""
        return Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=self.log_group.log_group_name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
