"""Resource types that are only recorded: their properties are checked and kept, nothing is made."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties
from local.schema import ResourceSchema, defaults_of, schema_of

_STARTS = {"AWS::EC2::TransitGatewayVpcAttachment": "tgw-attach-"}
"""How the ids of types begin that something else reads and checks."""


@dataclass(frozen=True)
class Record:
    """A recorded resource."""

    type_name: str
    account: str
    region: str
    stack: str
    logical_id: str
    physical_id: str
    properties: dict[str, Json]


class Records:
    """Every recorded resource of this emulator, in memory."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str, str, str], Record] = {}

    def add(self, record: Record) -> None:
        """Keep a record; one with the same identity is replaced."""
        self._records[(record.account, record.region, record.type_name, record.physical_id)] = record

    def drop(self, account: str, region: str, type_name: str, physical_id: str) -> None:
        """Forget a record."""
        self._records.pop((account, region, type_name, physical_id), None)

    def find(self, account: str, region: str, type_name: str, physical_id: str) -> Record | None:
        """Return the record of a resource, `None` where there is none."""
        return self._records.get((account, region, type_name, physical_id))

    def summary(self) -> Json:
        """Count the recorded resources by type, and name each."""
        records = list(self._records.values())
        return {
            "types": dict(Counter(record.type_name for record in records)),
            "resources": [
                {"type": record.type_name, "stack": record.stack, "logical_id": record.logical_id} for record in records
            ],
        }


class RecordedHandler(Handler):
    """Handles one registry type by its schema."""

    def __init__(self, type_name: str, records: Records) -> None:
        self._type = type_name
        self._records = records

    def create(self, place: Place, properties: Properties) -> Resource:
        """Check the required properties, make up what AWS would compute, and keep the record."""
        schema = self._schema()
        missing = schema.missing(properties)
        if missing:
            raise ValueError(f"Model validation failed (#: required key [{missing[0]}] not found)")
        physical_id = _physical_id(schema, place, properties)
        self._keep(place, physical_id, properties)
        return Resource(physical_id, attributes_of(schema, place, properties, physical_id))

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Keep the new properties under the old identity."""
        self._keep(place, physical_id, new)
        return Resource(physical_id, attributes_of(self._schema(), place, new, physical_id))

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Forget the record."""
        self._records.drop(place.aws.account, place.aws.region, self._type, physical_id)

    def _schema(self) -> ResourceSchema:
        return schema_of(self._type) or ResourceSchema(self._type)

    def _keep(self, place: Place, physical_id: str, properties: Properties) -> None:
        self._records.add(
            Record(
                type_name=self._type,
                account=place.aws.account,
                region=place.aws.region,
                stack=place.stack,
                logical_id=place.logical_id,
                physical_id=physical_id,
                properties=dict(properties),
            )
        )


def attributes_of(schema: ResourceSchema, place: Place, properties: Properties, physical_id: str) -> dict[str, Json]:
    """Values for the attributes that AWS computes, in the style of AWS; what the template gives is kept."""
    given: dict[str, Json] = {key: value for key, value in properties.items() if isinstance(value, str | int)}
    made = {name: _attribute(schema, place, name, physical_id) for name in schema.read_only}
    return {**given, **made}


def _physical_id(schema: ResourceSchema, place: Place, properties: Properties) -> str:
    parts = [properties.text(name) or _identifier(schema, place, name) for name in schema.identifier]
    return "|".join(parts) or place.name


def _identifier(schema: ResourceSchema, place: Place, name: str) -> str:
    if name.endswith("Arn"):
        return _arn(schema, place, place.name)
    start = _STARTS.get(schema.type_name)
    if start:
        return start + sha256(f"{place.aws.account} {place.aws.region} {place.name}".encode()).hexdigest()[:17]
    return place.name


def _attribute(schema: ResourceSchema, place: Place, name: str, physical_id: str) -> Json:
    """One computed attribute: the physical id, an ARN, a host name, a number."""
    kind = schema.kinds.get(name, "string")
    if kind != "string":
        return defaults_of(kind)
    last = name.rsplit(".", 1)[-1]
    if last.endswith("Arn"):
        return physical_id if physical_id.startswith("arn:") else _arn(schema, place, physical_id)
    if last.endswith(("Address", "Endpoint", "DomainName", "DNSName", "DnsName")):
        return f"{place.name.lower()}.{place.aws.region}.local"
    return physical_id


def _arn(schema: ResourceSchema, place: Place, name: str) -> str:
    service, noun = schema.type_name.removeprefix("AWS::").split("::", 1)
    return f"arn:aws:{service.lower()}:{place.aws.region}:{place.aws.account}:{noun.lower()}/{name}"
