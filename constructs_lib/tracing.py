"""Distributed tracing: where the spans of a cell end up, and what a container needs to send them.

Programs send spans themselves, by OpenTelemetry, to the OTLP endpoint of X-Ray. There is no collector beside each task,
so no further image to trust, to sign and to pay for. See
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLP-UsingADOT.html
"""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_xray as xray
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.specs.tracing import TracingSpec

_LOG_GROUPS = ("aws/spans", "/aws/application-signals/data")
"""X-Ray names them itself. See
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search-Cloudformation.html
"""


class Tracing(Construct):
    """Spans of this account and region go to CloudWatch Logs: what the OTLP endpoint needs.

    One for an account and region. Stateless: taken away, spans go to X-Ray alone again.
    """

    def __init__(self, scope: Construct, id: str, *, spec: TracingSpec) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self.policy = self._build_policy()
        self.search = xray.CfnTransactionSearchConfig(self, "Search", indexing_percentage=spec.indexed_percent)
        self.search.node.add_dependency(self.policy)

    def environment_of(self, service: str) -> Mapping[str, str]:
        """What tells an OpenTelemetry SDK to send its spans; `service` is the name that the trace map shows."""
        return {
            "OTEL_SERVICE_NAME": service,
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"https://xray.{Stack.of(self).region}.{Aws.URL_SUFFIX}/v1/traces",
            "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": str(self._spec.sampling_percent / 100),
            "OTEL_PROPAGATORS": "tracecontext,baggage,xray",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
        }

    def grant_send(self, role: iam.Role) -> None:
        """Let a role send spans, and nothing else of X-Ray."""
        role.add_to_policy(iam.PolicyStatement(actions=["xray:PutTraceSegments"], resources=["*"]))
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="xray:PutTraceSegments, which the OTLP endpoint asks for, knows no resource",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )

    def _build_policy(self) -> logs.ResourcePolicy:
        stack = Stack.of(self)
        return logs.ResourcePolicy(
            self,
            "Policy",
            policy_statements=[
                iam.PolicyStatement(
                    sid="TransactionSearchXRayAccess",
                    principals=[iam.ServicePrincipal("xray.amazonaws.com")],
                    actions=["logs:PutLogEvents"],
                    resources=[
                        stack.format_arn(
                            service="logs",
                            resource="log-group",
                            resource_name=f"{name}:*",
                            arn_format=ArnFormat.COLON_RESOURCE_NAME,
                        )
                        for name in _LOG_GROUPS
                    ],
                    conditions={
                        "StringEquals": {"aws:SourceAccount": stack.account},
                        "ArnLike": {"aws:SourceArn": stack.format_arn(service="xray", resource="*")},
                    },
                )
            ],
        )
