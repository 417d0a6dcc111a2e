"""The managed prefix list of CloudFront's addresses, known without a lookup."""

from constructs_lib.specs.errors import InputError

# com.amazonaws.global.cloudfront.origin-facing as of 2026-11. AWS keeps the content of a list current, its id stays.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
_ORIGIN_FACING = {
    "ap-northeast-1": "pl-58a04531",
    "ap-northeast-2": "pl-22a6434b",
    "ap-south-1": "pl-9aa247f3",
    "ap-southeast-1": "pl-31a34658",
    "ap-southeast-2": "pl-b8a742d1",
    "ca-central-1": "pl-38a64351",
    "eu-central-1": "pl-a3a144ca",
    "eu-north-1": "pl-fab65393",
    "eu-west-1": "pl-4fa04526",
    "eu-west-2": "pl-93a247fa",
    "eu-west-3": "pl-75b1541c",
    "sa-east-1": "pl-5da64334",
    "us-east-1": "pl-3b927c52",
    "us-east-2": "pl-b6a144df",
    "us-west-2": "pl-82a045eb",
}


def origin_facing_prefix_list(region: str) -> str:
    """The id, in a region, of the list of addresses from which CloudFront calls origins.

    Raises InputError for a region that the table does not have.
    """
    prefix_list = _ORIGIN_FACING.get(region)
    if prefix_list is None:
        raise InputError(
            f"CloudFront's prefix list in region '{region}' is not on record",
            hint="look up com.amazonaws.global.cloudfront.origin-facing there (aws ec2 describe-managed-prefix-lists) "
            "and add it to constructs_lib/specs/prefix_list.py",
        )
    return prefix_list
