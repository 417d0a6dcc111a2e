"""What the register makes of the findings, as of a day."""

from datetime import date

from assembly.exceptions import RuleException
from assembly.findings import Finding
from assembly.judge import judge

TODAY = date(2026, 11, 21)


def finding(rule="AwsSolutions-S1", logical_id="Files", stack="Data", source="cdk-nag", type="AWS::S3::Bucket"):
    return Finding(stack, f"{stack}/{logical_id}", logical_id, rule, "", "text", "error", source, type)


def exception(rule="AwsSolutions-S1", *, expires=date(2027, 6, 30), stack="Data", ids=("Files",)):
    return RuleException(rule, "because", "platform", expires, stack, ids[0], frozenset(ids))


def structural(*types):
    return RuleException("W3010", "because", "platform", date(2027, 6, 30), resource_types=frozenset(types))


def test_a_finding_without_exception_is_unexcused():
    assert judge([finding()], [], TODAY).unexcused == (finding(),)


def test_an_exception_on_its_resource_excuses_a_finding():
    judgement = judge([finding()], [exception()], TODAY)

    assert judgement.unexcused == ()
    assert [(pair.finding, pair.exception) for pair in judgement.excused] == [(finding(), exception())]


def test_an_exception_excuses_no_other_resource():
    judgement = judge([finding(), finding(logical_id="Backups")], [exception()], TODAY)

    assert judgement.unexcused == (finding(logical_id="Backups"),)


def test_an_exception_excuses_no_other_stack():
    judgement = judge([finding(stack="Service")], [exception()], TODAY)

    assert judgement.unexcused == (finding(stack="Service"),)
    assert judgement.unused == (exception(),)


def test_an_exception_excuses_no_other_rule_of_the_resource():
    assert judge([finding("AwsSolutions-S10")], [exception()], TODAY).unexcused == (finding("AwsSolutions-S10"),)


def test_an_exception_counts_on_its_last_day():
    last_day = exception(expires=TODAY)

    assert judge([finding()], [last_day], TODAY).expired == ()


def test_an_exception_fails_on_the_day_after():
    over = exception(expires=date(2026, 11, 20))

    judgement = judge([finding()], [over], TODAY)

    assert [(pair.finding, pair.exception) for pair in judgement.expired] == [(finding(), over)]
    assert judgement.excused == judgement.unexcused == ()


def test_an_exception_that_excuses_nothing_is_unused():
    assert judge([], [exception()], TODAY).unused == (exception(),)


def test_an_expired_exception_that_excuses_nothing_is_unused_too():
    over = exception(expires=date(2026, 1, 1))

    assert judge([], [over], TODAY).unused == (over,)


def test_one_of_several_covered_resources_is_enough_to_use_an_exception():
    assert judge([finding()], [exception(ids=("Role", "Files"))], TODAY).unused == ()


def test_a_structural_exception_covers_its_types_in_every_stack():
    zones = [finding("W3010", stack=stack, source="cfn-lint", type="AWS::EC2::Subnet") for stack in ("A", "B")]

    assert judge(zones, [structural("AWS::EC2::Subnet")], TODAY).unexcused == ()


def test_a_structural_exception_covers_no_other_type():
    instance = finding("W3010", source="cfn-lint", type="AWS::EC2::Instance")

    assert judge([instance], [structural("AWS::EC2::Subnet")], TODAY).unexcused == (instance,)


def test_a_flaw_of_the_register_itself_cannot_be_excused():
    flaw = finding("cells-exception", source="exceptions")

    assert judge([flaw], [exception("cells-exception")], TODAY).unexcused == (flaw,)
