"""A network that is there has its flow log."""

from accounts.policies.exemption import CELL_DEPLOYMENT, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

FLOW_LOGS = Guardrail(
    name="flow-logs",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody deletes the flow log of a network; it goes with the stack that has the network.",
    why="Flow logs are what is left of an intruder's connections. CloudFormation has to be able to take one away with "
    "its network, when a disposable cell is destroyed or the log is replaced.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html",
    breaks="Cleaning up a network by hand: destroy the cell instead.",
    attached=(ROOT,),
    statements=(Statement(sid="KeepFlowLogs", actions=("ec2:DeleteFlowLogs",), exempt=(CELL_DEPLOYMENT, VENDING)),),
)
