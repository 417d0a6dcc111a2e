"""No function answers to everybody."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

PUBLIC_FUNCTIONS = Guardrail(
    name="public-functions",
    type="SERVICE_CONTROL_POLICY",
    summary="No Lambda function gets an address without authentication, or a permission for everybody.",
    why="Such an address is on the internet without the web ACL, the logs and the certificate of the cell's front "
    "door.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    breaks="Webhooks straight into a function: take them through the API of the cell.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="NoOpenAddress",
            actions=("lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"),
            when={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        ),
        Statement(
            sid="NoOpenPermission",
            actions=("lambda:AddPermission",),
            when={"StringEquals": {"lambda:Principal": "*"}},
        ),
    ),
)
