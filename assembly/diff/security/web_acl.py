"""What a web ACL keeps out, and what it stands before.

See https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from assembly.diff.security.facts import Fact, Setting
from assembly.diff.security.resource import Resource, as_number, follow, many
from assembly.diff.value import text_of
from assembly.document import Json, JsonObject, as_object, as_text

_RULES = ("AWS::WAFv2::WebACL", "AWS::WAFv2::RuleGroup")
_ASSOCIATION = "AWS::WAFv2::WebACLAssociation"
_DISTRIBUTION = "AWS::CloudFront::Distribution"
_KEEPS_OUT = {"Block": "blocks", "Captcha": "asks for a captcha before", "Challenge": "challenges"}
_NOT_MATCHING = frozenset({"Limit", "RuleActionOverrides", "ExcludedRules"})
"""Parts of a statement that are told in sentences of their own."""


def web_acl_facts(resource: Resource) -> Iterator[Fact]:
    """What the rules of a web ACL do, and what a web ACL stands before."""
    if resource.type in _RULES:
        for rule in many(resource.first("Rules")):
            yield from _rule(resource, as_object(rule))
    if resource.type == _ASSOCIATION:
        yield _before(resource, resource.first("WebACLArn"), resource.first("ResourceArn"))
    if resource.type == _DISTRIBUTION and (acl := resource.first("DistributionConfig.WebACLId")) not in (None, ""):
        yield _before(resource, acl, {"Ref": resource.logical_id})


def web_acl_settings(resource: Resource) -> Iterator[Setting]:
    """What a web ACL does with requests that no rule matches, and what its rules match."""
    if resource.type not in _RULES:
        return
    action = next(iter(as_object(resource.first("DefaultAction"))), "")
    if action:
        does = "blocks" if action == "Block" else "lets through"
        text = f"{resource.label} now {does} what no rule matches"
        yield Setting("network", (resource.own.key, "default"), float(action != "Block"), action, text)
    for rule in many(resource.first("Rules")):
        yield from _matching(resource, as_object(rule))


def _before(resource: Resource, acl: Json, what: Json) -> Fact:
    wall, behind = resource.term(acl), resource.term(what)
    now, no_longer = (f"{wall.words} {when} stands before {behind.words}" for when in ("now", "no longer"))
    return Fact("network", ("acl", wall.key, behind.key), now, no_longer, False, of=resource.target(what))


def _rule(resource: Resource, rule: JsonObject) -> Iterator[Fact]:
    name = as_text(rule.get("Name"))
    action = next(iter(as_object(rule.get("Action"))), "")
    if action in _KEEPS_OUT:
        yield _does(resource, name, _KEEPS_OUT[action], False)
    if action == "Allow":
        yield _does(resource, name, "lets through", True)
    if "None" in as_object(rule.get("OverrideAction")):
        yield _does(resource, name, "enforces", False)
    yield from _counted(resource, name, rule)


def _does(resource: Resource, name: str, verb: str, opens: bool) -> Fact:
    what = f"the managed rules {name}" if verb == "enforces" else f"what its rule {name} matches"
    now, no_longer = (f"{resource.label} {when} {verb} {what}" for when in ("now", "no longer"))
    of = "" if opens else resource.logical_id
    return Fact("network", (resource.own.key, name, verb), now, no_longer, opens, of=of)


def _counted(resource: Resource, name: str, rule: JsonObject) -> Iterator[Fact]:
    """The single rules of a managed group that only count."""
    for override in follow(rule, "Statement.ManagedRuleGroupStatement.RuleActionOverrides.*"):
        action = next(iter(as_object(as_object(override).get("ActionToUse"))), "")
        if action in ("Count", "Allow"):
            one = as_text(as_object(override).get("Name"))
            does = "only counts" if action == "Count" else "lets through"
            what = f"what {one} of the managed rules {name} finds"
            now, no_longer = (f"{resource.label} {when} {does} {what}" for when in ("now", "no longer"))
            yield Fact("network", (resource.own.key, name, action, one), now, no_longer, True, of=resource.logical_id)


def _matching(resource: Resource, rule: JsonObject) -> Iterator[Setting]:
    name, statement = as_text(rule.get("Name")), as_object(rule.get("Statement"))
    it = f"the rule {name} of {resource.label}"
    for found in follow(statement, "RateBasedStatement.Limit"):
        limit = as_number(found) or 0
        text = f"{it} now lets {limit:.15g} requests through"
        yield Setting("network", (resource.own.key, name, "limit"), limit, str(limit), text, f"was {limit:.15g}")
    value = resource.term({kind: _match(inner) for kind, inner in statement.items()}).key
    yield Setting("network", (resource.own.key, name, "match"), 0, value, f"{it} now matches something else")
    priority = text_of(rule.get("Priority"))
    yield Setting("network", (resource.own.key, name, "order"), 0, priority, f"{it} now comes in another order")


def _match(inner: Json) -> Json:
    return {key: value for key, value in as_object(inner).items() if key not in _NOT_MATCHING}
