"""EC2: rules with prefix lists, and what DescribeVpcEndpoints leaves out."""

from xml.sax.saxutils import escape

from ministack.services import ec2

from local.properties import Json, Properties

_OTHER_SOURCES = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs")
Parameters = dict[str, list[str]]
"""The form fields of a request."""


def mend_network() -> None:
    """Read and write what the emulator's EC2 drops. Call once."""
    _read_prefix_lists()
    _write_prefix_lists()
    _write_endpoints()


def _read_prefix_lists() -> None:
    original = ec2._parse_ip_permissions

    def parse(parameters: Parameters, prefix: str) -> list[dict[str, Json]]:
        rules: list[dict[str, Json]] = original(parameters, prefix)
        for number, rule in enumerate(rules, 1):
            rule["PrefixListIds"] = _prefix_lists(parameters, f"{prefix}.{number}.PrefixListIds")
        return rules

    ec2._parse_ip_permissions = parse


def _prefix_lists(parameters: Parameters, prefix: str) -> list[Json]:
    found: list[Json] = []
    while identifier := (parameters.get(f"{prefix}.{len(found) + 1}.PrefixListId") or [""])[0]:
        description = (parameters.get(f"{prefix}.{len(found) + 1}.Description") or [""])[0]
        found.append({"PrefixListId": identifier, "Description": description})
    return found


def _write_prefix_lists() -> None:
    original = ec2._sg_rule_xml

    def rule_xml(group: str, rule: dict[str, Json], is_egress: bool = False) -> str:
        entries = Properties(rule).children("PrefixListIds")
        others = any(rule.get(source) for source in _OTHER_SOURCES)
        items: str = original(group, rule, is_egress=is_egress) if others or not entries else ""
        bare: str = original(group, {**rule, **dict.fromkeys(_OTHER_SOURCES, [])}, is_egress=is_egress)
        for entry in entries:
            description = escape(entry.text("Description"))
            source = (
                f"<prefixListId>{entry.text('PrefixListId')}</prefixListId><description>{description}</description>"
            )
            items += bare.replace("</item>", f"{source}</item>")
        return items

    ec2._sg_rule_xml = rule_xml


def _write_endpoints() -> None:
    original = ec2._vpce_fields_xml

    def endpoint_xml(endpoint: dict[str, Json], tag: str = "item") -> str:
        written: str = original(endpoint, tag=tag)
        facts = Properties(endpoint)
        groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in facts.texts("SecurityGroupIds"))
        interfaces = "".join(f"<item>{interface}</item>" for interface in facts.texts("NetworkInterfaceIds"))
        more = (
            f"<groupSet>{groups}</groupSet><networkInterfaceIdSet>{interfaces}</networkInterfaceIdSet>"
            f"<privateDnsEnabled>{str(facts.flag('PrivateDnsEnabled')).lower()}</privateDnsEnabled>"
        )
        head, closing, tail = written.rpartition(f"</{tag}>")
        return f"{head}{more}{closing}{tail}"

    ec2._vpce_fields_xml = endpoint_xml
