"""What becomes of a resource that holds data when it leaves its stack."""

from aws_cdk import RemovalPolicy

from constructs_lib.specs.protection import ProtectionSpec


def removal_policy(protection: ProtectionSpec, *, has_snapshots: bool) -> RemovalPolicy:
    """Return the removal policy of a store.

    `retain` keeps the store, but for a first create that fails: that one is cleaned up. `snapshot` leaves a last
    snapshot where the service takes one (`has_snapshots`) and destroys elsewhere. `destroy` destroys.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    if protection.removal == "retain":
        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    if protection.removal == "snapshot" and has_snapshots:
        return RemovalPolicy.SNAPSHOT
    return RemovalPolicy.DESTROY
