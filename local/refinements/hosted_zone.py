"""Hosted zones."""

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement


class HostedZone(Refinement):
    """The name servers of a zone are those of its NS record."""

    types = ("AWS::Route53::HostedZone",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Read the name servers."""
        records = place.aws.route53.list_resource_record_sets(HostedZoneId=physical_id)["ResourceRecordSets"]
        servers: list[Json] = []
        for record in records:
            if record["Type"] == "NS" and record["Name"].rstrip(".") == properties.text("Name").rstrip("."):
                servers += [entry["Value"].rstrip(".") for entry in record.get("ResourceRecords", [])]
        return {"NameServers": servers}
