"""What AWS Control Tower governs is read, told, and never changed."""

import pytest

from accounts.vending.control_tower import OWNED_SERVICES, SERVICE, read_control_tower
from accounts.vending.live import LiveControlTower, LiveUnit
from tests.accounts.vending.pictures import account, finished, unit
from tests.accounts.vending.test_plan import PRODUCTS, added, changed, planned, without
from tests.accounts.vending.world import FULL, organization

ZONE = "arn:aws:controltower:eu-west-1:111122223333:landingzone/1A2B3C4D5E6F7G8H"
AUDIT, ARCHIVE, ENROLLED = "444455556666", "777788889999", "222233334444"


def tower(units=(("Security",),), accounts=()):
    return LiveControlTower(landing_zone=ZONE, version="3.3", units=units, accounts=accounts)


def governed(live, **zone):
    return live.model_copy(update={"control_tower": tower(**zone)})


def about(plan, name):
    return [step for step in plan.steps if getattr(step, "name", "") == name]


def test_without_a_landing_zone_nothing_is_told():
    assert planned(finished(organization(), PRODUCTS)).notes == ()


def test_an_account_in_its_unit_is_neither_moved_nor_tagged_nor_entered():
    spec = organization(**FULL, quotas={"fargate_vcpu": 500, "environments": ["dev"]})
    live = changed(finished(organization(), PRODUCTS), "acme-crm-dev", unit=("Security",), tags={})

    assert about(planned(live, spec), "acme-crm-dev")
    assert about(planned(governed(live), spec), "acme-crm-dev") == []


def test_its_own_accounts_are_left_alone_wherever_they_are():
    live = finished(organization(), PRODUCTS)
    spoiled = changed(live, "log-archive", unit=(), tags={}, id=ARCHIVE)

    assert about(planned(spoiled), "log-archive")
    assert about(planned(governed(spoiled, units=(), accounts=(ARCHIVE,))), "log-archive") == []


def test_no_account_is_put_into_its_units():
    live = changed(finished(organization(), PRODUCTS), "acme-crm-dev", unit=())

    plan = planned(governed(live, units=(("Workloads",),)))

    assert plan.steps == ()


def test_an_account_that_belongs_into_its_unit_is_made_by_its_factory():
    live = governed(without(finished(organization(), PRODUCTS), "log-archive"))

    plan = planned(live)

    assert about(plan, "log-archive") == []
    assert "account log-archive is declared in Security, which Control Tower governs: make it with Account Factory" in (
        plan.notes
    )


def test_no_unit_is_made_inside_its_units():
    live = finished(organization(), {})
    live = governed(live, units=(("Workloads",),))

    assert "create-unit:Workloads/acme-crm" not in planned(live).names


@pytest.mark.parametrize("principal", sorted(OWNED_SERVICES - {SERVICE, "servicecatalog.amazonaws.com"}))
def test_trusted_access_that_it_switches_is_left_to_it(principal):
    live = finished(organization(), PRODUCTS)
    less = live.model_copy(update={"services": tuple(one for one in live.services if one != principal)})

    assert planned(less).names == (f"enable-service:{principal}",)
    assert planned(governed(less)).names == ()


def test_none_of_its_accounts_becomes_an_administrator():
    live = finished(organization(), PRODUCTS).model_copy(update={"administrators": ()})

    plan = planned(governed(live))

    assert {step.name for step in plan.steps} == {"network-hub", "shared-services"}


def test_what_it_has_beside_the_declaration_is_told_once():
    live = added(
        finished(organization(), PRODUCTS),
        account("Audit", "audit@example.com", ("Core",), id=AUDIT),
        units=[("Core",)],
    )

    assert len(planned(live).notes) == 2
    notes = planned(governed(live, units=(("Core",),))).notes
    assert notes == ("AWS Control Tower governs Core and what is in them; nothing of it is changed",)


class Client:
    """Control Tower as it answers."""

    def __init__(self, zones=1):
        self.zones = zones
        self.asked = []

    def list_landing_zones(self):
        return {"landingZones": [{"arn": ZONE}] * self.zones}

    def get_landing_zone(self, *, landingZoneIdentifier):
        manifest = {
            "organizationStructure": {"security": {"name": "Core"}, "sandbox": {"name": "Play"}},
            "centralizedLogging": {"accountId": ARCHIVE, "enabled": True},
            "securityRoles": {"accountId": AUDIT},
            "backup": {"configurations": {"centralBackup": {"accountId": "333344445555"}}},
        }
        return {"landingZone": {"arn": landingZoneIdentifier, "version": "3.3", "manifest": manifest}}

    def list_enabled_baselines(self, *, nextToken=""):
        self.asked.append(nextToken)
        target = f"arn:aws:organizations::111122223333:ou/o-exampleorgid/{unit(('Team',)).id}"
        if not nextToken:
            return {"enabledBaselines": [{"targetIdentifier": target}], "nextToken": "more"}
        enrolled = f"arn:aws:organizations::111122223333:account/o-exampleorgid/{ENROLLED}"
        return {"enabledBaselines": [{"targetIdentifier": enrolled}]}


UNITS = [LiveUnit(id=unit(path).id, path=path) for path in (("Core",), ("Play",), ("Team",), ("Free",))]


def test_units_come_from_manifest_and_baselines_and_accounts_from_both(world):
    client = Client()
    world.clients.open = lambda service, region=None, credentials=None: client

    found = read_control_tower(world.clients, "eu-west-1", [SERVICE], UNITS)

    assert found == LiveControlTower(
        landing_zone=ZONE,
        version="3.3",
        units=(("Core",), ("Play",), ("Team",)),
        accounts=tuple(sorted([AUDIT, ARCHIVE, ENROLLED, "333344445555"])),
    )
    assert client.asked == ["", "more"]


def test_it_is_only_asked_where_it_has_trusted_access(world):
    def refuse(*_):
        raise AssertionError("nobody asks")

    world.clients.open = refuse

    assert read_control_tower(world.clients, "eu-west-1", ["config.amazonaws.com"], UNITS) is None


def test_an_organization_may_have_left_it(world):
    world.clients.open = lambda service, region=None, credentials=None: Client(zones=0)

    assert read_control_tower(world.clients, "eu-west-1", [SERVICE], UNITS) is None
