from datetime import date

from assembly.check import check


def test_the_ground_has_no_finding_that_is_not_excused(ground):
    report = check(ground.assembly, on=date(2026, 11, 21), app=ground.app)

    assert report.judgement.unexcused == ()
    assert report.judgement.unused == ()
    assert report.passed


def test_every_stack_says_which_account_and_region_it_is_for(ground):
    placed = {stack.id: (stack.environment.account, stack.environment.region) for stack in ground.assembly.stacks}

    assert placed == {
        "Cost": ("111111111111", "us-east-1"),
        "OrganizationPolicies": ("111111111111", "eu-west-1"),
        "LogArchive": ("333333333333", "eu-west-1"),
        "SecurityTooling": ("222222222222", "eu-west-1"),
        "SecurityTooling-us-east-1": ("222222222222", "us-east-1"),
        "NetworkHub": ("444444444444", "eu-west-1"),
        "NetworkHub-acme-crm": ("444444444444", "eu-west-1"),
        "CiCd": ("666666666666", "eu-west-1"),
        "SharedServices": ("555555555555", "eu-west-1"),
        "SharedServices-acme-crm": ("555555555555", "eu-west-1"),
        "BaselineRules": ("222222222222", "eu-west-1"),
        "BaselineRules-us-east-1": ("222222222222", "us-east-1"),
        "PublishedRules-us-east-1": ("222222222222", "us-east-1"),
        "BaselineStackSets": ("222222222222", "eu-west-1"),
        "ManagementBaseline": ("111111111111", "eu-west-1"),
        "ManagementBaseline-eu-west-1": ("111111111111", "eu-west-1"),
        "ManagementBaseline-us-east-1": ("111111111111", "us-east-1"),
    }


def test_stack_names_start_with_the_organization_or_as_a_stack_set_names_them(ground):
    assert {stack.stack_name for stack in ground.assembly.stacks} == {
        "example-cost",
        "example-organization-policies",
        "example-log-archive",
        "example-security-tooling",
        "example-network-hub",
        "example-network-hub-acme-crm",
        "example-ci-cd",
        "example-shared-services",
        "example-shared-services-acme-crm",
        "example-baseline-rules",
        "example-published-rules",
        "example-baseline-sets",
        "StackSet-BaselineGlobal-management",
        "StackSet-BaselineRegional-management",
    }


def test_two_syntheses_are_byte_identical(ground, lay_ground, organization, registry):
    again = lay_ground(organization, registry)

    for file in ground.assembly.directory.glob("*.json"):
        assert file.read_bytes() == (again.assembly.directory / file.name).read_bytes(), file.name
