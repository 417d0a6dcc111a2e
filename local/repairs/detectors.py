"""What GuardDuty is told about a whole organization: two operations that the emulator lacks.

See https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateOrganizationConfiguration.html.
"""

import json

from moto.guardduty import urls
from moto.guardduty.responses import GuardDutyResponse

from local.properties import Json
from local.repairs.method import replace_method

_PATH = "{0}/detector/(?P<detector_id>[^/]+)/admin$"
_WANTED = ("autoEnableOrganizationMembers", "features")


def tell_detectors() -> None:
    """Keep what the administrator says, and answer it. Call once."""
    replace_method(GuardDutyResponse, "update_organization_configuration", _update)
    replace_method(GuardDutyResponse, "describe_organization_configuration", _describe)
    urls.url_paths[_PATH] = GuardDutyResponse.dispatch


def _update(response: GuardDutyResponse) -> str:
    settings = _settings(response)
    settings.update({name: value for name in _WANTED if (value := response._get_param(name)) is not None})
    return "{}"


def _describe(response: GuardDutyResponse) -> str:
    settings = _settings(response)
    answer: dict[str, Json] = {"memberAccountLimitReached": False, "autoEnableOrganizationMembers": "NONE", **settings}
    return json.dumps(answer)


def _settings(response: GuardDutyResponse) -> dict[str, Json]:
    """What was said of a detector; the emulator refuses one that is not there."""
    detector = response.path.split("/")[-2]
    backend = response.guardduty_backend
    backend.get_detector(detector)
    settings: dict[str, dict[str, Json]] = backend.__dict__.setdefault("organization_settings", {})
    return settings.setdefault(detector, {})
