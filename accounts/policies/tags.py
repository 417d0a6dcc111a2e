"""How tags are written."""

from accounts.policies.guardrail import ROOT, Guardrail

TAGS = Guardrail(
    name="tags",
    type="TAG_POLICY",
    summary="The tags of cells are written one way, and `environment` and `data-classification` have known values.",
    why="Cost per product and environment is summed up by tags: `Prod` beside `prod` is money that nobody finds.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_tag-policies.html",
    breaks="Nothing: it reports what does not comply and refuses no call. The blueprint writes these tags itself.",
    attached=(ROOT,),
    content={
        "tags": {
            "data-classification": {
                "tag_key": {"@@assign": "data-classification"},
                "tag_value": {"@@assign": ["public", "internal", "confidential", "restricted"]},
            },
            "environment": {
                "tag_key": {"@@assign": "environment"},
                "tag_value": {"@@assign": ["dev", "staging", "prod", "sandbox"]},
            },
            "organization": {
                "tag_key": {"@@assign": "organization"},
                "tag_value": {"@@assign": ["<organization>"]},
            },
            "owner": {"tag_key": {"@@assign": "owner"}},
            "product": {"tag_key": {"@@assign": "product"}},
        }
    },
)
