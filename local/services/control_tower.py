"""AWS Control Tower, as far as somebody asks what it manages: a landing zone that a test declares present.

See https://docs.aws.amazon.com/controltower/latest/APIReference/API_GetLandingZone.html.
"""

from dataclasses import dataclass, field

from moto.organizations import models

from local.properties import Json, Properties, parse_object

PATHS = frozenset({"/list-landingzones", "/get-landingzone", "/list-enabled-baselines"})
"""The operations that are answered."""

_PARTITION = "aws"
_SERVICE = "controltower.amazonaws.com"


@dataclass
class ControlTower:
    """The landing zones of management accounts."""

    _zones: dict[str, dict[str, Json]] = field(default_factory=dict)
    _targets: dict[str, list[str]] = field(default_factory=dict)

    def declare(self, body: Properties) -> Json:
        """Let there be a landing zone: `management`, its `manifest`, and `units`, the names that it governs.

        Units are created where they are missing, and the service gets its trusted access, as a real one would do.
        """
        account = body.text("management")
        backend = models.organizations_backends[account][_PARTITION]
        if backend.org is None:
            raise ValueError(f"the account {account} has no organization")
        backend.enable_aws_service_access(ServicePrincipal=_SERVICE)
        arn = f"arn:{_PARTITION}:controltower:eu-west-1:{account}:landingzone/1A2B3C4D5E6F7G8H"
        manifest: dict[str, Json] = dict(body.child("manifest"))
        self._zones[account] = {"arn": arn, "version": "3.3", "status": "ACTIVE", "manifest": manifest}
        self._targets[account] = [_unit(backend, name) for name in body.texts("units")]
        return {"arn": arn, "targets": list[Json](self._targets[account])}

    def answer(self, account: str, path: str, body: bytes) -> tuple[int, Json]:
        """Answer an operation as AWS does."""
        zone = self._zones.get(account)
        if path == "/list-landingzones":
            return 200, {"landingZones": [{"arn": zone["arn"]}] if zone else []}
        if path == "/list-enabled-baselines":
            return 200, {"enabledBaselines": [_baseline(one) for one in self._targets.get(account, [])]}
        if zone is None or parse_object(body).get("landingZoneIdentifier") != zone["arn"]:
            return 404, {"__type": "ResourceNotFoundException", "message": "The landing zone does not exist."}
        return 200, {"landingZone": zone}


def _baseline(target: str) -> dict[str, Json]:
    return {"arn": f"{target}/baseline", "baselineIdentifier": "AWSControlTowerBaseline", "targetIdentifier": target}


def _unit(backend: models.OrganizationsBackend, name: str) -> str:
    for unit in backend.ou:
        if unit.name == name:
            return str(unit.arn)
    root = backend.ou[0].id
    made = backend.create_organizational_unit(ParentId=root, Name=name)
    return str(made["OrganizationalUnit"]["Arn"])
