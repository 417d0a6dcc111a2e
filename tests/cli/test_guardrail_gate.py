"""No policy is attached that was not proved: a lock-out is an error before anything is applied."""

from pathlib import Path

import pytest

from accounts.policies import registry
from accounts.policies.guardrail import ROOT, Guardrail, Statement
from accounts.policies.registry import GUARDRAILS
from accounts.vending.plan import Plan
from accounts.vending.policy_steps import AttachPolicy
from accounts.vending.step import EnableService
from cells.cli.guardrail_gate import refuse_unproved
from cells.cli.org_apply import _approved
from cells.cli.workspace import Workspace
from constructs_lib.specs.errors import CellsError, InputError

SCP = "SERVICE_CONTROL_POLICY"


def guardrail(*actions: str, attached=(ROOT,)) -> Guardrail:
    return Guardrail(
        name="extra",
        type=SCP,
        summary="s",
        why="w",
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        breaks="b",
        attached=attached,
        statements=(Statement(sid="Extra", actions=actions),),
    )


@pytest.fixture
def workspace(project: Path, monkeypatch: pytest.MonkeyPatch):
    def of(*more: Guardrail) -> Workspace:
        monkeypatch.setattr(registry, "GUARDRAILS", (*GUARDRAILS, *more))
        return Workspace(project)

    return of


def test_guardrails_that_hold_are_no_error(workspace) -> None:
    refuse_unproved(workspace(), quiet=True)


LOCKED_OUT = [
    ("the deployment role", "deployment role in acme-crm-", "sts:AssumeRole"),
    ("the break-glass role", "break-glass in ", "iam:*"),
    ("the vending engine", "vending engine in ", "iam:*"),
]


@pytest.mark.parametrize(("who", "action"), [row[1:] for row in LOCKED_OUT], ids=[row[0] for row in LOCKED_OUT])
def test_who_is_locked_out_is_named_with_the_statement(workspace, who: str, action: str) -> None:
    with pytest.raises(CellsError) as error:
        refuse_unproved(workspace(guardrail(action)), quiet=True)

    assert error.value.exit_code == 1
    assert error.value.message.startswith("the guardrails lock somebody out who has to work:")
    assert "Extra" in error.value.message
    assert "`cells org prove`" in error.value.hint


def test_a_hole_is_an_error_too(workspace, monkeypatch) -> None:
    ready = workspace()
    monkeypatch.setattr(registry, "GUARDRAILS", tuple(one for one in GUARDRAILS if one.name != "no-root"))

    with pytest.raises(CellsError, match="do not do what they have to"):
        refuse_unproved(ready, quiet=True)


def test_a_policy_that_is_too_long_is_wrong_input(workspace) -> None:
    long = tuple(f"s3:Get{'x' * 200}{number}" for number in range(40))

    with pytest.raises(InputError, match="characters"):
        refuse_unproved(workspace(guardrail(*long)), quiet=True)


def test_a_guardrail_for_a_unit_that_is_not_there_is_wrong_input(workspace) -> None:
    from accounts.policies.declared import declared_policies

    ready = workspace()
    lost = guardrail("s3:GetObject", attached=(("Nowhere",),))

    with pytest.raises(InputError, match="'extra' is for the unit Nowhere, which nobody declares") as error:
        declared_policies(ready.organization, ready.registry, ready.platform.topology, (*GUARDRAILS, lost))
    assert "Workloads" in error.value.hint


INVALID = ["GetObject", "s3:Get Object", "s3", ":GetObject", "s3:"]


@pytest.mark.parametrize("action", INVALID)
def test_an_action_that_is_none_is_refused_before_anything_is_asked(action: str) -> None:
    with pytest.raises(ValueError, match="is no action"):
        Statement(sid="Bad", actions=(action,))


def test_a_condition_with_an_unknown_operator_is_refused() -> None:
    with pytest.raises(ValueError, match="StringMatches is no operator"):
        Statement(sid="Bad", actions=("s3:GetObject",), when={"StringMatches": {"aws:PrincipalArn": "x"}})


def write(path: Path, *steps) -> Path:
    plan = Plan(organization="o-1234567890", management="111111111111", steps=steps)
    path.write_text(plan.model_dump_json())
    return path


def test_an_approved_plan_is_proved_before_it_is_applied(workspace, tmp_path: Path) -> None:
    attach = AttachPolicy(policy="p-1", name="a", policy_type=SCP, target=())
    ready = workspace(guardrail("sts:AssumeRole"))

    with pytest.raises(CellsError, match="lock somebody out"):
        _approved(write(tmp_path / "plan.json", attach), ready, quiet=True)
    service = EnableService(principal="config.amazonaws.com")
    assert _approved(write(tmp_path / "other.json", service), ready, quiet=True).steps == (service,)
