"""What differs between regions and must be known without a lookup: availability zones, and CloudFront's prefix list."""

from constructs_lib.specs.errors import InputError

EDGE_REGION = "us-east-1"
"""Where CloudFront's certificate, web ACL, metrics and alarms have to live."""

# Zone names as of 2026-11, three per region. The account maps a name to a physical zone, so any three will do.
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
_ZONE_LETTERS = {
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abc",
    "ap-south-1": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ca-central-1": "abd",
    "eu-central-1": "abc",
    "eu-north-1": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abc",
    "us-east-2": "abc",
    "us-west-2": "abc",
}


def zones_of(region: str) -> tuple[str, str, str]:
    """The three availability zones that cells use in a region.

    Raises InputError for a region with fewer than three zones, or one that the table does not have.
    """
    letters = _ZONE_LETTERS.get(region)
    if letters is None:
        raise InputError(
            f"region '{region}' has no three availability zones on record",
            hint=f"choose one of {', '.join(sorted(_ZONE_LETTERS))}, or add it to constructs_lib/specs/region.py",
        )
    return (f"{region}{letters[0]}", f"{region}{letters[1]}", f"{region}{letters[2]}")
