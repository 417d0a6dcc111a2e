"""Which stacks of the organization wait for a region that a policy still closes."""

from dataclasses import dataclass

from assembly.load import Environment
from cells.cli.held_stacks import held_stacks

NEW = "eu-central-1"
MANAGEMENT, MEMBER = "111111111111", "222222222222"


@dataclass(frozen=True)
class OneStack:
    """What is looked at of a stack."""

    id: str
    environment: Environment
    template: dict
    dependencies: tuple = ()

    @property
    def region(self):
        return self.environment.region


def stack(id, *after, account=MEMBER, region="eu-west-1", **template):
    return OneStack(id, Environment(account, region), template, after)


STACKS = [
    stack("Policies", account=MANAGEMENT, Content=f'{{"regions": ["{NEW}"]}}'),
    stack("Archive", Buckets=["eu-west-1", "eu-central-10"]),
    stack(f"Tooling-{NEW}", region=NEW),
    stack("Detectors", Regions=["eu-west-1", NEW]),
    stack("Sets", TemplateBody=f'{{"Regions": ["{NEW}"]}}'),
    stack("Alarms", "Detectors"),
    stack(f"Management-{NEW}", account=MANAGEMENT, region=NEW),
    stack("ManagementBaseline", "Sets", account=MANAGEMENT),
]


def test_what_is_in_a_closed_region_or_names_it_waits_and_what_comes_after_it():
    assert held_stacks(STACKS, [NEW], unbound=MANAGEMENT) == dict.fromkeys(
        (f"Tooling-{NEW}", "Detectors", "Sets", "Alarms", "ManagementBaseline"), NEW
    )


def test_nothing_waits_while_every_region_is_open():
    assert held_stacks(STACKS, [], unbound=MANAGEMENT) == {}
