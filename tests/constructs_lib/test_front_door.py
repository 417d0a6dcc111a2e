"""The front door: what goes where, how it is protected, and how one sees that it stands open."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import Environment, Stack
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template

from constructs_lib.site_paths import CODE
from constructs_lib.specs.edge import EdgeSpec
from tests.constructs_lib.sample_data import DESTROY, RETAIN
from tests.constructs_lib.sample_edge import SPEC, Identity, SampleEdge, findings, properties
from tests.constructs_lib.test_outside_names import SPEC as OUTSIDE

NODE = Path(sys.prefix) / "bin" / "node"
OFF = SPEC.model_copy(
    update=dict.fromkeys(
        [
            "common_rules",
            "known_bad_inputs",
            "sql_injection",
            "cross_site_scripting",
            "ip_reputation",
            "bot_control",
            "rate_limit",
            "geo_blocking",
        ],
        "off",
    )
)


@pytest.fixture(scope="module")
def edge():
    return SampleEdge().template()


def distribution(template):
    return properties(template, "AWS::CloudFront::Distribution")["DistributionConfig"]


def behavior(template, path):
    (found,) = [one for one in distribution(template)["CacheBehaviors"] if one["PathPattern"] == path]
    return found


def origin(template, id):
    (found,) = [one for one in distribution(template)["Origins"] if one["Id"] == id]
    return found


class TestDistribution:
    def test_answers_to_the_domain_over_tls_1_3_only(self, edge):
        certificate = distribution(edge)["ViewerCertificate"]

        assert distribution(edge)["Aliases"] == ["crm.example.com"]
        assert certificate["MinimumProtocolVersion"] == "TLSv1.3_2025"
        assert certificate["SslSupportMethod"] == "sni-only"
        assert certificate["AcmCertificateArn"] == {"Ref": "Certificate4E7ABB08"}

    def test_speaks_http_3_and_ipv6(self, edge):
        assert distribution(edge)["HttpVersion"] == "http2and3"
        assert distribution(edge)["IPV6Enabled"] is True

    def test_stands_behind_the_web_acl(self, edge):
        assert distribution(edge)["WebACLId"] == {"Fn::GetAtt": ["WebAclE76B067C", "Arn"]}

    @pytest.mark.parametrize(
        ("price_class", "expected"), [("100", "PriceClass_100"), ("200", "PriceClass_200"), ("all", "PriceClass_All")]
    )
    def test_uses_the_edge_locations_of_the_spec(self, price_class, expected):
        spec = EdgeSpec.model_validate({**SPEC.model_dump(), "price_class": price_class})

        assert distribution(SampleEdge(spec=spec).template())["PriceClass"] == expected

    def test_has_no_error_pages_so_that_a_404_of_the_api_stays_one(self, edge):
        assert "CustomErrorResponses" not in distribution(edge)


class TestSite:
    def test_is_what_every_other_path_gets(self, edge):
        found = distribution(edge)["DefaultCacheBehavior"]

        assert found["TargetOriginId"] == "Site"
        assert found["AllowedMethods"] == ["GET", "HEAD"]
        assert found["ViewerProtocolPolicy"] == "redirect-to-https"
        assert found["Compress"] is True
        assert distribution(edge)["DefaultRootObject"] == "index.html"

    def test_comes_from_the_bucket_of_the_home_region(self, edge):
        domain = origin(edge, "Site")["DomainName"]["Fn::GetStackOutput"]

        assert domain["StackName"] == "acme-crm-prod-service"
        assert domain["Region"] == "eu-west-1"
        assert "RegionalDomainName" in domain["OutputName"]

    def test_requests_to_the_bucket_are_signed(self, edge):
        access = properties(edge, "AWS::CloudFront::OriginAccessControl")["OriginAccessControlConfig"]

        assert origin(edge, "Site")["OriginAccessControlId"] == {"Fn::GetAtt": ["FrontDoorSiteAccess708BE3D3", "Id"]}
        assert (access["OriginAccessControlOriginType"], access["SigningBehavior"]) == ("s3", "always")

    def test_no_query_cookie_or_header_reaches_the_bucket(self, edge):
        forwarded = properties(edge, "AWS::CloudFront::CachePolicy")["CachePolicyConfig"][
            "ParametersInCacheKeyAndForwardedToOrigin"
        ]

        assert forwarded["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
        assert forwarded["CookiesConfig"] == {"CookieBehavior": "none"}
        assert forwarded["HeadersConfig"] == {"HeaderBehavior": "none"}
        assert "OriginRequestPolicyId" not in distribution(edge)["DefaultCacheBehavior"]


@pytest.mark.parametrize("path", ["/api/*", "/ws/*", "/health"])
class TestApi:
    def test_goes_to_the_load_balancer_with_every_method(self, edge, path):
        found = behavior(edge, path)

        assert found["TargetOriginId"] == "LoadBalancer"
        assert set(found["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}

    def test_is_never_asked_for_in_the_clear(self, edge, path):
        assert behavior(edge, path)["ViewerProtocolPolicy"] == "https-only"

    def test_is_never_cached_and_gets_all_but_the_host(self, edge, path):
        # The managed policies CachingDisabled and AllViewerExceptHostHeader.
        assert behavior(edge, path)["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        assert behavior(edge, path)["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"

    def test_keeps_its_own_404(self, edge, path):
        assert "FunctionAssociations" not in behavior(edge, path)


class TestVpcOrigin:
    def test_leads_to_the_load_balancer_of_the_home_region_over_tls(self, edge):
        config = properties(edge, "AWS::CloudFront::VpcOrigin")["VpcOriginEndpointConfig"]

        assert config["OriginProtocolPolicy"] == "https-only"
        assert config["OriginSSLProtocols"] == ["TLSv1.2"]
        assert config["HTTPSPort"] == 443
        assert config["Arn"]["Fn::GetStackOutput"]["StackName"] == "acme-crm-prod-service"
        assert config["Arn"]["Fn::GetStackOutput"]["Region"] == "eu-west-1"

    def test_is_asked_under_a_name_that_the_load_balancers_certificate_has(self, edge):
        found = origin(edge, "LoadBalancer")

        assert found["DomainName"] == "origin.crm.example.com"
        assert found["VpcOriginConfig"]["OriginReadTimeout"] == 60
        assert found["VpcOriginConfig"]["OriginKeepaliveTimeout"] == 60

    def test_carries_no_tag_because_it_could_never_change_again(self, edge):
        assert "Tags" not in properties(edge, "AWS::CloudFront::VpcOrigin")


class TestApiOrigin:
    """Another origin than the load balancer for the API, such as API Gateway."""

    @pytest.fixture(scope="class", params=[None, OUTSIDE], ids=["with a site", "API only"])
    def pair(self, request):
        """The front door with it and without it."""
        other = origins.HttpOrigin("api.example.net", origin_id="Other")
        return [SampleEdge(frontend=request.param, api_origin=one).template() for one in (other, None)]

    def test_has_the_paths_of_the_api_and_no_web_sockets(self, pair):
        targets = {one["PathPattern"]: one["TargetOriginId"] for one in distribution(pair[0])["CacheBehaviors"]}

        assert targets == {"/api/*": "Other", "/health": "Other", "/ws/*": "LoadBalancer"}

    def test_changes_nothing_else(self, pair):
        def rest(template):
            config = distribution(template)
            behaviors = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
            return [{**one, "TargetOriginId": ""} for one in behaviors[1:]], behaviors[0]["TargetOriginId"]

        assert rest(pair[0]) == rest(pair[1])


class TestResponseHeaders:
    @pytest.fixture(scope="class")
    def config(self, edge):
        return properties(edge, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]

    def test_are_on_every_response(self, edge):
        (policy,) = edge.find_resources("AWS::CloudFront::ResponseHeadersPolicy")
        behaviors = [distribution(edge)["DefaultCacheBehavior"], *distribution(edge)["CacheBehaviors"]]

        assert [one["ResponseHeadersPolicyId"] for one in behaviors] == [{"Ref": policy}] * 4

    def test_ask_for_https_for_two_years(self, config):
        assert config["SecurityHeadersConfig"]["StrictTransportSecurity"] == {
            "AccessControlMaxAgeSec": 63_072_000,
            "IncludeSubdomains": True,
            "Preload": True,
            "Override": True,
        }

    def test_carry_the_content_security_policy_of_the_spec(self, config):
        policy = config["SecurityHeadersConfig"]["ContentSecurityPolicy"]

        assert policy == {"ContentSecurityPolicy": "default-src 'self'", "Override": True}

    def test_refuse_frames_and_sniffing_and_tell_others_little(self, config):
        headers = config["SecurityHeadersConfig"]

        assert headers["FrameOptions"] == {"FrameOption": "DENY", "Override": True}
        assert headers["ContentTypeOptions"] == {"Override": True}
        assert headers["ReferrerPolicy"] == {"ReferrerPolicy": "strict-origin-when-cross-origin", "Override": True}

    def test_refuse_camera_microphone_and_location(self, config):
        (header,) = config["CustomHeadersConfig"]["Items"]

        assert header["Header"] == "Permissions-Policy"
        assert {"camera=()", "microphone=()", "geolocation=()"} <= set(header["Value"].split(", "))

    def test_do_not_say_what_runs_behind_them(self, config):
        assert config["RemoveHeadersConfig"]["Items"] == [{"Header": "Server"}, {"Header": "X-Powered-By"}]


class TestSitePaths:
    def test_belong_to_the_site_only(self, edge):
        (association,) = distribution(edge)["DefaultCacheBehavior"]["FunctionAssociations"]
        (function,) = edge.find_resources("AWS::CloudFront::Function")

        assert association == {
            "EventType": "viewer-request",
            "FunctionARN": {"Fn::GetAtt": [function, "FunctionARN"]},
        }
        assert properties(edge, "AWS::CloudFront::Function")["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("/", "/index.html"),
            ("/contacts", "/index.html"),
            ("/contacts/42/", "/index.html"),
            ("/v1.2/contacts", "/index.html"),
            ("/index.html", "/index.html"),
            ("/assets/app.8f3c.js", "/assets/app.8f3c.js"),
            ("/missing.png", "/missing.png"),
        ],
    )
    def test_lead_to_the_application_and_leave_files_alone(self, path, expected):
        event = json.dumps({"request": {"uri": path}})
        script = f"{CODE}\nprocess.stdout.write(handler({event}).uri)"

        done = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True)

        assert done.stdout == expected


class TestRecords:
    @pytest.mark.parametrize("type", ["A", "AAAA", "HTTPS"])
    def test_point_at_the_distribution_from_the_zone_of_the_cell(self, edge, type):
        found = edge.find_resources("AWS::Route53::RecordSet", {"Properties": {"Type": type}})
        (record,) = (one["Properties"] for one in found.values())

        assert record["Name"] == "crm.example.com."
        assert record["HostedZoneId"]["Fn::GetStackOutput"]["StackName"] == "acme-crm-prod-foundation"
        assert record["AliasTarget"]["DNSName"] == {"Fn::GetAtt": ["FrontDoorEA298D15", "DomainName"]}


class TestMonitoring:
    def alarms(self, template):
        found = template.find_resources("AWS::CloudWatch::Alarm").values()
        return {alarm["Properties"]["AlarmName"]: alarm["Properties"] for alarm in found}

    def measured(self, alarm):
        return {
            one["MetricStat"]["Metric"]["MetricName"]: one["MetricStat"]["Stat"]
            for one in alarm["Metrics"]
            if "MetricStat" in one
        }

    def test_alarms_on_the_share_of_server_errors(self, edge):
        alarm = self.alarms(edge)["cell-edge-FrontDoor-FrontDoorServerErrors-Critical"]

        assert self.measured(alarm) == {"5xxErrorRate": "Average"}
        assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (1, 5, 2)
        assert alarm["TreatMissingData"] == "notBreaching"

    def test_alarms_on_client_errors_only_when_there_are_enough_requests(self, edge):
        alarm = self.alarms(edge)["cell-edge-FrontDoor-FrontDoorClientErrors-Critical"]
        (rate,) = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]

        assert rate == "IF(requests >= 100, errors, 0)"
        assert self.measured(alarm) == {"Requests": "Sum", "4xxErrorRate": "Average"}
        assert alarm["Threshold"] == 25

    def test_alarms_on_slow_origins_which_cloudfront_has_to_be_told_to_measure(self, edge):
        alarm = self.alarms(edge)["cell-edge-FrontDoor-FrontDoorOriginLatency-Critical"]

        assert self.measured(alarm) == {"OriginLatency": "p95"}
        assert alarm["Threshold"] == 3000
        edge.has_resource_properties(
            "AWS::CloudFront::MonitoringSubscription",
            {
                "MonitoringSubscription": {
                    "RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}
                }
            },
        )

    def test_every_alarm_has_the_dimensions_that_cloudfront_publishes(self, edge):
        for name, alarm in self.alarms(edge).items():
            for one in alarm["Metrics"]:
                if one.get("MetricStat", {}).get("Metric", {}).get("Namespace") == "AWS/CloudFront":
                    assert one["MetricStat"]["Metric"]["Dimensions"] == [
                        {"Name": "DistributionId", "Value": {"Ref": "FrontDoorEA298D15"}},
                        {"Name": "Region", "Value": "Global"},
                    ], name

    @pytest.mark.parametrize("metric", ["5xxErrorRate", "OriginLatency", "BlockedRequests", "CountedRequests"])
    def test_a_dashboard_of_the_home_region_finds_the_metric_in_us_east_1(self, metric):
        sample = SampleEdge()
        leaf = Stack(
            sample.app,
            "Leaf",
            env=Environment(account="111122223333", region="eu-west-1"),
            cross_region_references=True,
        )
        dashboard = cloudwatch.Dashboard(leaf, "Dashboard")
        for segment in sample.facade.created_dashboard_segments():
            dashboard.add_widgets(*segment.widgets())

        body = properties(Template.from_stack(leaf), "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Join"][1]
        widgets = json.loads("".join(part if isinstance(part, str) else "token" for part in body))["widgets"]

        rows = [row for widget in widgets for row in widget["properties"].get("metrics", []) if metric in row]
        assert rows
        assert all(row[-1]["region"] == "us-east-1" for row in rows)


class TestStamping:
    def test_two_cells_of_one_shape_differ_in_their_identity_only(self):
        other = Identity(prefix="shop-dev", account="444455556666", domain="shop-dev.example.com")

        mine = json.dumps(SampleEdge().template().to_json(), sort_keys=True)
        theirs = json.dumps(SampleEdge(identity=other).template().to_json(), sort_keys=True)

        for ours, yours in (
            ("crm.example.com", other.domain),
            ("acme-crm-prod", other.prefix),
            ("111122223333", other.account),
        ):
            mine = mine.replace(ours, yours)
        assert mine == theirs

    @pytest.mark.parametrize(
        ("type", "path"),
        [
            ("AWS::CloudFront::VpcOrigin", ["VpcOriginEndpointConfig", "Name"]),
            ("AWS::CloudFront::OriginAccessControl", ["OriginAccessControlConfig", "Name"]),
            ("AWS::CloudFront::CachePolicy", ["CachePolicyConfig", "Name"]),
            ("AWS::CloudFront::ResponseHeadersPolicy", ["ResponseHeadersPolicyConfig", "Name"]),
            ("AWS::CloudFront::Function", ["Name"]),
        ],
    )
    def test_names_come_from_the_plan(self, edge, type, path):
        name = properties(edge, type)
        for key in path:
            name = name[key]

        assert name.startswith("acme-crm-prod-")

    def test_no_output_of_another_stack_ends_where_cloudformation_forbids_it(self, edge):
        places = ("Fn::Sub", "Fn::Base64", "Fn::If", "Conditions")

        def inside(value, forbidden):
            if isinstance(value, dict):
                if forbidden and "Fn::GetStackOutput" in value:
                    return True
                return any(inside(one, forbidden or key in places) for key, one in value.items())
            return isinstance(value, list) and any(inside(one, forbidden) for one in value)

        assert "Fn::GetStackOutput" in json.dumps(edge.to_json())
        assert not inside(edge.to_json(), forbidden=False)


@pytest.mark.parametrize(
    ("spec", "protection"), [(SPEC, RETAIN), (OFF, DESTROY)], ids=["everything on", "everything off, disposable"]
)
def test_the_checks_find_nothing_that_is_not_excused(tmp_path, spec, protection):
    assert findings(tmp_path, spec=spec, protection=protection) == []


class TestShield:
    def test_standard_needs_no_resource(self, edge):
        edge.resource_count_is("AWS::Shield::Protection", 0)

    def test_advanced_protects_the_distribution_when_a_product_asks_for_it(self):
        spec = SPEC.model_copy(update={"shield_advanced": True})
        protection = properties(SampleEdge(spec=spec).template(), "AWS::Shield::Protection")

        assert protection["Name"] == "acme-crm-prod-front-door"
        assert ":distribution/" in str(protection["ResourceArn"])
