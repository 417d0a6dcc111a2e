"""Identities of Amazon SES."""

import hashlib

from ministack.services import ses_v2

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement

_TOKENS = 3


class EmailIdentity(Refinement):
    """A domain has three DKIM tokens, and the names and values of the records that publish them.

    See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ses-emailidentity.html
    """

    types = ("AWS::SES::EmailIdentity",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Draw the tokens. An address signs with its domain's and has none."""
        if "@" in physical_id:
            return {}
        tokens = [_token(place, physical_id, number) for number in range(1, _TOKENS + 1)]
        identity = ses_v2._identities[physical_id]
        identity["DkimAttributes"] = {**identity["DkimAttributes"], "Tokens": list(tokens)}
        attributes: dict[str, Json] = {}
        for number, token in enumerate(tokens, start=1):
            attributes[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{physical_id}"
            attributes[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
        return attributes


def _token(place: Place, identity: str, number: int) -> str:
    """32 letters and digits that stay the same over updates."""
    words = f"{place.aws.account}/{place.aws.region}/{identity}/{number}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]
