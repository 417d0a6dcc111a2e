import pytest

from accounts.archive import ArchiveSpec
from accounts.ledger import load_registry
from accounts.platform import Platform
from accounts.vending.lock_step import LOCK_TAG, LockArchive, approved_lock
from accounts.vending.words import name_of
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import OrganizationEntry, Registry
from tests.accounts.vending.pictures import EMPTY, finished
from tests.accounts.vending.test_plan import PRODUCTS, changed, planned
from tests.accounts.vending.world import organization

COMPLIANCE = ArchiveSpec(lock_mode="COMPLIANCE", lock_years=7)


def declared(lock):
    return organization().model_copy(update={"log_archive": lock})


def locks(live, spec):
    return [step for step in planned(live, spec).steps if isinstance(step, LockArchive)]


def tagged(text):
    there = finished(organization(), PRODUCTS)
    tags = next(one.tags for one in there.accounts if one.name == "log-archive")
    return changed(there, "log-archive", tags={**tags, LOCK_TAG: text})


def test_compliance_is_a_step_of_its_own_that_nobody_can_undo():
    (step,) = locks(finished(organization(), PRODUCTS), declared(COMPLIANCE))

    assert step.irreversible
    assert (step.lock, step.days) == ("COMPLIANCE:7y", 2557)
    assert name_of(step) == "lock-archive:log-archive"
    assert "COMPLIANCE mode for 2557 days, and nobody can undo it" in step.line()


def test_it_is_in_the_plan_of_a_new_organization_as_well():
    (step,) = locks(EMPTY, declared(COMPLIANCE))

    assert step.account is None


def test_governance_needs_no_approval():
    assert locks(finished(organization(), PRODUCTS), organization()) == []


def test_what_was_approved_is_not_asked_again_and_a_longer_lock_is():
    assert locks(tagged("COMPLIANCE:7y"), declared(COMPLIANCE)) == []
    (longer,) = locks(tagged("COMPLIANCE:7y"), declared(ArchiveSpec(lock_mode="COMPLIANCE", lock_years=10)))
    assert longer.lock == "COMPLIANCE:10y"


@pytest.mark.parametrize(
    "weaker",
    [
        ArchiveSpec(lock_mode="GOVERNANCE", lock_years=7),
        ArchiveSpec(lock_mode="COMPLIANCE", lock_years=6),
        ArchiveSpec(lock_mode="COMPLIANCE", lock_days=2556),
    ],
    ids=lambda lock: lock.text,
)
def test_a_weaker_lock_than_the_approved_one_stops_the_plan(weaker):
    with pytest.raises(InputError, match=f"{weaker.text}, which is weaker than the approved lock COMPLIANCE:7y"):
        planned(tagged("COMPLIANCE:7y"), declared(weaker))


def test_a_tag_that_is_no_lock_stops_the_plan():
    with pytest.raises(InputError, match="'forever', which is no lock"):
        planned(tagged("forever"), organization())


def test_what_was_approved_is_read_from_the_live_organization():
    assert approved_lock(tagged("COMPLIANCE:7y")) == "COMPLIANCE:7y"
    assert approved_lock(tagged("forever")) is None
    assert approved_lock(finished(organization(), PRODUCTS)) is None


@pytest.mark.parametrize(
    ("lock", "approved", "expected"),
    [
        (COMPLIANCE, None, "GOVERNANCE:7y"),
        (COMPLIANCE, "COMPLIANCE:7y", "COMPLIANCE:7y"),
        (ArchiveSpec(lock_mode="COMPLIANCE", lock_years=10), "COMPLIANCE:7y", "COMPLIANCE:7y"),
        (ArchiveSpec(lock_mode="GOVERNANCE", lock_days=1), "COMPLIANCE:7y", "COMPLIANCE:7y"),
        (ArchiveSpec(lock_mode="GOVERNANCE", lock_days=1), None, "GOVERNANCE:1d"),
    ],
)
def test_the_stack_locks_as_approved_and_never_more_or_less(lock, approved, expected):
    registry = Registry(organization=OrganizationEntry(archive_lock=approved))

    assert Platform(declared(lock), registry, {}).archive.text == expected


def test_an_approved_plan_writes_the_lock_down_where_the_stack_finds_it(world, few_services):
    world.spec = declared(COMPLIANCE)
    plan = world.plan()
    assert "lock-archive:log-archive" in plan.names

    world.apply(plan)

    registry = load_registry(world.registry_path)
    assert registry.organization.archive_lock == "COMPLIANCE:7y"
    assert Platform(world.spec, registry, {}).archive == COMPLIANCE
    assert world.plan().steps == ()
