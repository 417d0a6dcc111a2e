"""All calls by which the guardrails are proved."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.policies.calls.archive import ARCHIVE
from accounts.policies.calls.call import Call
from accounts.policies.calls.cells import CELLS
from accounts.policies.calls.controls import CONTROLS
from accounts.policies.calls.deployments import DEPLOYMENTS
from accounts.policies.calls.everyday import EVERYDAY
from accounts.policies.calls.exposure import EXPOSURE
from accounts.policies.calls.identities import IDENTITIES
from accounts.policies.calls.machines import MACHINES
from accounts.policies.calls.perimeter import PERIMETER
from accounts.policies.calls.records import RECORDS
from accounts.policies.calls.roles import PLATFORM_ROLES
from accounts.policies.calls.sandboxes import SINGLE_UNITS
from accounts.policies.calls.vital import VITAL

CALLS_BY_SUBJECT: Mapping[str, tuple[Call, ...]] = {
    "vending": VITAL,
    "deployments": DEPLOYMENTS,
    "everyday": EVERYDAY,
    "identities": IDENTITIES,
    "roles of the platform": PLATFORM_ROLES,
    "controls": CONTROLS,
    "records": RECORDS,
    "archive": ARCHIVE,
    "exposure": EXPOSURE,
    "machines": MACHINES,
    "cells": CELLS,
    "single units": SINGLE_UNITS,
    "perimeter": PERIMETER,
}

CALLS: tuple[Call, ...] = tuple(call for some in CALLS_BY_SUBJECT.values() for call in some)
