"""The rules of the web ACL, each with a name, a priority and a metric that never change.

Together they cost 1,418 of the 1,500 capacity units that a web ACL has at the basic price.
"""

from __future__ import annotations

from aws_cdk import aws_wafv2 as wafv2

from constructs_lib.specs.edge import EdgeSpec, RuleMode

_EVALUATION_WINDOW_SECONDS = 300


def rules(spec: EdgeSpec) -> list[wafv2.CfnWebACL.RuleProperty]:
    """Return the rules that the spec does not switch off.

    The order is from cheap to dear: what blocks early saves the price of Bot Control. Priorities are constant, so
    that a rule which is switched off moves no other.
    See https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
    """
    built = [
        _geo_blocking(spec, priority=10),
        _rate_limit(spec, priority=20),
        _managed("IpReputation", spec.ip_reputation, "AWSManagedRulesAmazonIpReputationList", priority=30),
        _managed("KnownBadInputs", spec.known_bad_inputs, "AWSManagedRulesKnownBadInputsRuleSet", priority=40),
        _common_rules(spec, priority=50),
        _managed("SqlInjection", spec.sql_injection, "AWSManagedRulesSQLiRuleSet", priority=60),
        _own("CrossSiteScripting", spec.cross_site_scripting, _cross_site_scripting(), priority=70),
        _bot_control(spec, priority=80),
    ]
    return [rule for rule in built if rule is not None]


def _geo_blocking(spec: EdgeSpec, *, priority: int) -> wafv2.CfnWebACL.RuleProperty | None:
    countries = wafv2.CfnWebACL.GeoMatchStatementProperty(country_codes=list(spec.blocked_countries))
    return _own(
        "GeoBlocking",
        spec.geo_blocking,
        wafv2.CfnWebACL.StatementProperty(geo_match_statement=countries),
        priority=priority,
    )


def _rate_limit(spec: EdgeSpec, *, priority: int) -> wafv2.CfnWebACL.RuleProperty | None:
    rate = wafv2.CfnWebACL.RateBasedStatementProperty(
        aggregate_key_type="IP",
        limit=spec.requests_per_five_minutes,
        evaluation_window_sec=_EVALUATION_WINDOW_SECONDS,
    )
    return _own(
        "RateLimit", spec.rate_limit, wafv2.CfnWebACL.StatementProperty(rate_based_statement=rate), priority=priority
    )


def _common_rules(spec: EdgeSpec, *, priority: int) -> wafv2.CfnWebACL.RuleProperty | None:
    # It would refuse every body above 8 KB, and so every upload.
    return _managed(
        "CommonRules",
        spec.common_rules,
        "AWSManagedRulesCommonRuleSet",
        priority=priority,
        only_counting=("SizeRestrictions_BODY",),
    )


def _bot_control(spec: EdgeSpec, *, priority: int) -> wafv2.CfnWebACL.RuleProperty | None:
    level = wafv2.CfnWebACL.ManagedRuleGroupConfigProperty(
        aws_managed_rules_bot_control_rule_set=wafv2.CfnWebACL.AWSManagedRulesBotControlRuleSetProperty(
            inspection_level="COMMON"
        )
    )
    # A cell has an API: its clients are programs, and need not look like browsers.
    return _managed(
        "BotControl",
        spec.bot_control,
        "AWSManagedRulesBotControlRuleSet",
        priority=priority,
        only_counting=("CategoryHttpLibrary", "SignalNonBrowserUserAgent"),
        configs=[level],
    )


def _cross_site_scripting() -> wafv2.CfnWebACL.StatementProperty:
    """Match scripts in query, body, headers and path, decoded the way a browser would."""
    # A body or header too long to be read whole is judged by its beginning: uploads are long, and not scripts.
    fields = [
        wafv2.CfnWebACL.FieldToMatchProperty(query_string={}),
        wafv2.CfnWebACL.FieldToMatchProperty(body=wafv2.CfnWebACL.BodyProperty(oversize_handling="CONTINUE")),
        wafv2.CfnWebACL.FieldToMatchProperty(
            headers=wafv2.CfnWebACL.HeadersProperty(
                match_pattern=wafv2.CfnWebACL.HeaderMatchPatternProperty(all={}),
                match_scope="VALUE",
                oversize_handling="CONTINUE",
            )
        ),
        wafv2.CfnWebACL.FieldToMatchProperty(uri_path={}),
    ]
    return wafv2.CfnWebACL.StatementProperty(
        or_statement=wafv2.CfnWebACL.OrStatementProperty(statements=[_script_in(field) for field in fields])
    )


def _script_in(field: wafv2.CfnWebACL.FieldToMatchProperty) -> wafv2.CfnWebACL.StatementProperty:
    return wafv2.CfnWebACL.StatementProperty(
        xss_match_statement=wafv2.CfnWebACL.XssMatchStatementProperty(
            field_to_match=field,
            text_transformations=[
                wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="URL_DECODE"),
                wafv2.CfnWebACL.TextTransformationProperty(priority=1, type="HTML_ENTITY_DECODE"),
            ],
        )
    )


def _managed(
    name: str,
    mode: RuleMode,
    group: str,
    *,
    priority: int,
    only_counting: tuple[str, ...] = (),
    configs: list[wafv2.CfnWebACL.ManagedRuleGroupConfigProperty] | None = None,
) -> wafv2.CfnWebACL.RuleProperty | None:
    """A rule group of AWS. It has actions of its own, which either stand or are all replaced by counting.

    The rules named in `only_counting` never block.
    """
    if mode == "off":
        return None
    statement = wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS",
        name=group,
        rule_action_overrides=[
            wafv2.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=_action("count"))
            for rule in only_counting
        ],
        managed_rule_group_configs=configs,
    )
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        statement=wafv2.CfnWebACL.StatementProperty(managed_rule_group_statement=statement),
        override_action=wafv2.CfnWebACL.OverrideActionProperty(
            none={} if mode == "block" else None, count={} if mode == "count" else None
        ),
        visibility_config=_visibility(name),
    )


def _own(
    name: str, mode: RuleMode, statement: wafv2.CfnWebACL.StatementProperty, *, priority: int
) -> wafv2.CfnWebACL.RuleProperty | None:
    if mode == "off":
        return None
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        statement=statement,
        action=_action(mode),
        visibility_config=_visibility(name),
    )


def _action(mode: RuleMode) -> wafv2.CfnWebACL.RuleActionProperty:
    if mode == "block":
        return wafv2.CfnWebACL.RuleActionProperty(block=wafv2.CfnWebACL.BlockActionProperty())
    return wafv2.CfnWebACL.RuleActionProperty(count=wafv2.CfnWebACL.CountActionProperty())


def _visibility(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
