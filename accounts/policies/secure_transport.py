"""Data travels encrypted."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

SECURE_TRANSPORT = Guardrail(
    name="secure-transport",
    type="RESOURCE_CONTROL_POLICY",
    summary="Nobody talks to buckets, keys, queues or secrets without TLS, or to buckets with a TLS before 1.2.",
    why="What travels in the clear is read on the way; asking for it in every bucket policy is forgotten in one.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html",
    breaks="Clients that know no TLS 1.2.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="TlsOnly",
            actions=("kms:*", "s3:*", "secretsmanager:*", "sqs:*"),
            when={"Bool": {"aws:SecureTransport": "false"}},
        ),
        Statement(sid="NoOldTls", actions=("s3:*",), when={"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    ),
)
