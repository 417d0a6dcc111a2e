"""What EC2 does by default in every account and region."""

from accounts.policies.guardrail import ROOT, Guardrail

EC2_DEFAULTS = Guardrail(
    name="ec2-defaults",
    type="DECLARATIVE_POLICY_EC2",
    summary="Images and snapshots cannot be public, metadata needs a session, and there is no serial console.",
    why="A declaration holds for calls that do not exist yet, where a denial names the calls of today. It also sets "
    "what CloudFormation has no resource type for.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative_syntax.html",
    breaks="Images that still need version 1 of the metadata service: they are to say so when they start, and the "
    "guardrail instance-metadata refuses them.",
    attached=(ROOT,),
    content={
        "ec2_attributes": {
            "exception_message": {"@@assign": "The organization sets this: see docs/guardrails.md, ec2-defaults."},
            "image_block_public_access": {"state": {"@@assign": "block_new_sharing"}},
            "instance_metadata_defaults": {
                "http_tokens": {"@@assign": "required"},
                "http_put_response_hop_limit": {"@@assign": "2"},
                "http_endpoint": {"@@assign": "enabled"},
                "instance_metadata_tags": {"@@assign": "no_preference"},
            },
            "serial_console_access": {"status": {"@@assign": "disabled"}},
            "snapshot_block_public_access": {"state": {"@@assign": "block_all_sharing"}},
        }
    },
)
