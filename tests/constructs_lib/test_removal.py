"""What becomes of a store when its resource goes."""

import pytest
from aws_cdk import RemovalPolicy

from constructs_lib.removal import removal_policy
from tests.constructs_lib.sample_data import DESTROY, RETAIN, SNAPSHOT


@pytest.mark.parametrize(
    ("protection", "has_snapshots", "expected"),
    [
        (RETAIN, True, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE),
        (RETAIN, False, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE),
        (SNAPSHOT, True, RemovalPolicy.SNAPSHOT),
        (SNAPSHOT, False, RemovalPolicy.DESTROY),
        (DESTROY, True, RemovalPolicy.DESTROY),
        (DESTROY, False, RemovalPolicy.DESTROY),
    ],
)
def test_the_protection_decides_and_a_snapshot_needs_a_service_that_takes_one(protection, has_snapshots, expected):
    assert removal_policy(protection, has_snapshots=has_snapshots) == expected
