"""A REST API of API Gateway: what callers outside of the cell may ask, and what is refused before a service sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from aws_cdk import Duration, Fn, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from cdk_monitoring_constructs import ErrorRateThreshold, LatencyThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.log_retention import log_retention
from constructs_lib.rest_api_backend import Backend
from constructs_lib.secret import CellSecret
from constructs_lib.specs.rest_api import Reach, RestApiSpec, RouteSpec

STAGE = "live"
"""The one stage of an API."""

_REVISION = 1
"""Counts up when this file builds routes differently, so that live APIs get a new deployment."""

_PUSH_LOGS = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "keyId": "$context.identity.apiKeyId",
    "caller": "$context.identity.caller",
    "client": "$context.identity.clientCert.subjectDN",
    "method": "$context.httpMethod",
    "path": "$context.resourcePath",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "integrationLatency": "$context.integration.latency",
    "length": "$context.responseLength",
    "error": "$context.error.message",
    "invalid": "$context.error.validationErrorString",
    "waf": "$context.wafResponseCode",
    "trace": "$context.xrayTraceId",
}


class RestApi(Construct):
    """A regional REST API with one stage: validated, throttled, traced and logged.

    A body is checked against its JSON Schema; a route asks for a key, a signature, a token or a function. Answers to
    some GETs are cached, encrypted, and for each caller apart. The access log says who asked for what and never what
    was said; CloudWatch's copies of both logs go to the log archive by the rule of the organization. The address that
    AWS gives is off where callers come by a domain (`RestApiDomain`), and is CloudFront's where they come by the front
    door (`ApiGateway`).

    Stateless: it can be built again, and its keys are secrets of their own.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        description: str,
        spec: RestApiSpec,
        backend: Backend,
        log_key: kms.IKey,
        user_pool: cognito.IUserPool | None = None,
        authorizer: lambda_.IFunction | None = None,
        key_authorizer: lambda_.IFunction | None = None,
        cors_origins: tuple[str, ...] = (),
        own_domain: str = "",
        beside: RestApi | None = None,
    ) -> None:
        """`user_pool` and `authorizer` answer for the routes with `cognito` and `lambda`.

        `key_authorizer`, a function of its own, says which of the routes with `key` the holder of a key may ask.
        Without it each key opens all. `own_domain` is what origins have of the cell's identity: two cells of one shape
        differ in it, and in nothing else.

        `beside` is another API of the account: API Gateway writes the logs of all of them with one role.
        """
        super().__init__(scope, id)
        self._spec = spec
        self._backend = backend
        self._cors = cors_origins
        self._own_domain = own_domain
        self.api = self._build_api(name, description, own_role=beside is None)
        self._log_account: Construct = (
            beside._log_account if beside else cast("Construct", self.api.node.find_child("Account"))
        )
        self._key_authorizer = key_authorizer
        self._authorizers = self._build_authorizers(user_pool, authorizer)
        self._validator = apigateway.RequestValidator(
            self, "Validator", rest_api=self.api, validate_request_body=True, validate_request_parameters=True
        )
        self._models = self._build_models()
        self._responses = self._build_responses()
        for route in spec.routes:
            self._add_route(route)
        self.log_group = self._build_log_group(log_key)
        self.stage = self._build_stage(self._build_deployment(), log_key)
        self.plan = self._build_plan()

    def add_key(self, id: str, *, secret: CellSecret) -> apigateway.ApiKey:
        """Add a key of the usage plan. CloudFormation reads its value from the secret; no template has it.

        A new value of the secret is a new key after the next deployment.
        """
        key = apigateway.ApiKey(
            self, id, description=f"{id} calls the API", value=secret.secret.secret_value.unsafe_unwrap()
        )
        self.plan.add_api_key(key)
        return key

    def monitor(self, facade: MonitoringFacade) -> None:
        """Add alarms: one request of a hundred is slow, or too many end with 5xx."""
        facade.monitor_api_gateway(
            api=self.api,
            api_stage=STAGE,
            human_readable_name=self.node.path.partition("/")[2],
            alarm_friendly_name=self.node.path.partition("/")[2].replace("/", "-"),
            add_latency_p99_alarm={
                "Warning": LatencyThreshold(max_latency=Duration.millis(self._spec.max_latency_seconds * 1000))
            },
            add5_xx_fault_rate_alarm={
                "Critical": ErrorRateThreshold(max_error_rate=self._spec.max_error_percent / 100)
            },
        )

    def _build_api(self, name: str, description: str, *, own_role: bool) -> apigateway.RestApi:
        through_front_door = self._spec.reach == "front door"
        api = apigateway.RestApi(
            self,
            "Resource",
            rest_api_name=name,
            description=description,
            endpoint_configuration=apigateway.EndpointConfiguration(types=[apigateway.EndpointType.REGIONAL]),
            disable_execute_api_endpoint=not through_front_door,
            # All of them: else API Gateway takes a body for UTF-8, and breaks what is compressed or no text.
            binary_media_types=["*/*"] if through_front_door else None,
            # The CDK's deployment hashes tags into its logical id, and two cells of one shape would differ in it.
            deploy=False,
            cloud_watch_role=own_role,
            cloud_watch_role_removal_policy=RemovalPolicy.DESTROY if own_role else None,
            default_cors_preflight_options=self._preflight(),
        )
        if own_role:
            excuse(
                api.node.find_child("CloudWatchRole"),
                rule=f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_PUSH_LOGS}]",
                reason="API Gateway documents this policy for the one role of an account that writes its logs",
                owner="platform",
                expires="2027-11-30",
            )
        return api

    def _preflight(self) -> apigateway.CorsOptions | None:
        if not self._cors:
            return None
        return apigateway.CorsOptions(
            allow_origins=list(self._cors),
            allow_methods=sorted({route.method for route in self._spec.routes}),
            allow_headers=["Authorization", "Content-Type", "X-Api-Key", "X-Amz-Date", "X-Amz-Security-Token"],
            max_age=Duration.hours(1),
        )

    def _build_authorizers(
        self, user_pool: cognito.IUserPool | None, function: lambda_.IFunction | None
    ) -> Mapping[str, apigateway.IAuthorizer]:
        built: dict[str, apigateway.IAuthorizer] = {}
        used = {route.auth for route in self._spec.routes}
        if "cognito" in used and user_pool is not None:
            built["cognito"] = apigateway.CognitoUserPoolsAuthorizer(self, "Users", cognito_user_pools=[user_pool])
        if "lambda" in used and function is not None:
            built["lambda"] = self._build_authorizer("Authorizer", function, "Authorization")
        if "key" in used and self._key_authorizer is not None:
            built["key"] = self._build_authorizer("KeyAuthorizer", self._key_authorizer, "x-api-key")
        return built

    def _build_authorizer(self, id: str, function: lambda_.IFunction, header: str) -> apigateway.RequestAuthorizer:
        return apigateway.RequestAuthorizer(
            self,
            id,
            # The CDK's would be the path of the construct.
            authorizer_name=id,
            handler=function,
            identity_sources=[apigateway.IdentitySource.header(header)],
            results_cache_ttl=Duration.minutes(5),
        )

    def _build_models(self) -> dict[str, apigateway.IModel]:
        built: dict[str, apigateway.IModel] = {}
        for name, schema in self._spec.schemas.items():
            # The L2 has a type of its own for schemas, which is not JSON Schema.
            model = apigateway.CfnModel(
                self,
                f"{name}Model",
                rest_api_id=self.api.rest_api_id,
                name=name,
                content_type="application/json",
                schema={"$schema": "http://json-schema.org/draft-04/schema#", **schema},
            )
            built[name] = apigateway.Model.from_model_name(self, name, model.ref)
        return built

    def _build_responses(self) -> list[apigateway.GatewayResponse]:
        told = {
            "application/json": '{"message": $context.error.messageString, "request": "$context.requestId"}',
        }
        invalid = {
            "application/json": (
                '{"message": $context.error.messageString, "errors": "$context.error.validationErrorString",'
                ' "request": "$context.requestId"}'
            )
        }
        headers = {"Access-Control-Allow-Origin": f"'{self._cors[0]}'"} if self._cors else None
        return [
            self.api.add_gateway_response(id, type=type, response_headers=headers, templates=templates)
            for id, type, templates in (
                ("ClientError", apigateway.ResponseType.DEFAULT_4_XX, told),
                ("ServerError", apigateway.ResponseType.DEFAULT_5_XX, told),
                ("InvalidBody", apigateway.ResponseType.BAD_REQUEST_BODY, invalid),
            )
        ]

    def _add_route(self, route: RouteSpec) -> None:
        method = self.api.root.resource_for_path(route.path).add_method(
            route.method,
            self._backend.integrate(route),
            api_key_required=route.auth == "key",
            authorization_type=self._authorization_of(route),
            authorizer=self._authorizers.get(route.auth),
            request_validator=self._validator,
            request_models={"application/json": self._models[route.body]} if route.body else None,
            request_parameters=_parameters(route),
        )
        self._backend.finish(method)
        if self._authorization_of(route) == apigateway.AuthorizationType.NONE:
            excuse(
                method,
                rule="AwsSolutions-APIG4",
                reason=_WHY_A_KEY[self._spec.reach],
                owner="platform",
                expires="2027-11-30",
            )
        if route.auth in ("key", "iam", "lambda"):
            excuse(
                method,
                rule="AwsSolutions-COG4",
                reason=_WHY_NO_POOL[self._spec.reach],
                owner="platform",
                expires="2027-11-30",
            )

    def _authorization_of(self, route: RouteSpec) -> apigateway.AuthorizationType:
        if route.auth == "key" and self._key_authorizer is not None:
            return apigateway.AuthorizationType.CUSTOM
        return _AUTHORIZATION[route.auth]

    def _build_log_group(self, log_key: kms.IKey) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "AccessLog",
            encryption_key=log_key,
            retention=log_retention(self._spec.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _build_deployment(self) -> apigateway.Deployment:
        # Imported: for the API itself the CDK would hash its tags. A deployment is a picture of the API as it was, so
        # each change takes a new one, whose id carries what changed.
        imported = apigateway.RestApi.from_rest_api_id(self, "Imported", self.api.rest_api_id)
        digest = self._spec.digest_with(
            self._backend.kind,
            str(_REVISION),
            ",".join(self._shape_of_origins()),
            str(self._key_authorizer is not None),
            *(() if self._spec.reach == "domain" else (self._spec.reach,)),
        )
        deployment = apigateway.Deployment(self, f"Deployment{digest}", api=imported)
        # Their resources only: a method's own permission for its function names the stage, which would be a circle.
        for built in (*self.api.methods, *self._responses):
            if built.node.default_child is not None:
                deployment.node.add_dependency(built.node.default_child)
        if self._key_authorizer is not None:
            # With its permission: no request comes before API Gateway may call it.
            deployment.node.add_dependency(self._key_authorizer)
        return deployment

    def _shape_of_origins(self) -> list[str]:
        # A domain is for as long as its cell is. What changes is the label before it, or an origin elsewhere.
        return [origin.replace(self._own_domain, "{domain}") if self._own_domain else origin for origin in self._cors]

    def _build_stage(self, deployment: apigateway.Deployment, log_key: kms.IKey) -> apigateway.Stage:
        cached = {f"{route.path}/{route.method}": route for route in self._spec.routes if route.cache_seconds}
        cache = self._spec.cache_gb
        stage = apigateway.Stage(
            self,
            "Stage",
            deployment=deployment,
            stage_name=STAGE,
            access_log_destination=apigateway.LogGroupLogDestination(self.log_group),
            access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            # Bodies are what partners and customers entrust to the product, and no business of a log.
            data_trace_enabled=False,
            metrics_enabled=True,
            tracing_enabled=True,
            throttling_rate_limit=self._spec.requests_per_second,
            throttling_burst_limit=self._spec.burst,
            cache_cluster_enabled=cache is not None,
            cache_cluster_size=cache,
            cache_data_encrypted=True if cache else None,
            method_options={path: self._method_options(route) for path, route in cached.items()} if cache else None,
        )
        # Made before API Gateway makes it without key and retention.
        execution = logs.LogGroup(
            self,
            "ExecutionLog",
            log_group_name=Fn.join("", ["API-Gateway-Execution-Logs_", self.api.rest_api_id, f"/{STAGE}"]),
            encryption_key=log_key,
            retention=log_retention(self._spec.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        stage.node.add_dependency(execution)
        stage.node.add_dependency(self._log_account)
        self.api.deployment_stage = stage
        return stage

    def _method_options(self, route: RouteSpec) -> apigateway.MethodDeploymentOptions:
        return apigateway.MethodDeploymentOptions(
            caching_enabled=True,
            cache_ttl=Duration.seconds(route.cache_seconds or 0),
            cache_data_encrypted=True,
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            data_trace_enabled=False,
            metrics_enabled=True,
            throttling_rate_limit=self._spec.requests_per_second,
            throttling_burst_limit=self._spec.burst,
        )

    def _build_plan(self) -> apigateway.UsagePlan:
        return apigateway.UsagePlan(
            self,
            "Plan",
            description="What each key may ask",
            api_stages=[apigateway.UsagePlanPerApiStage(api=self.api, stage=self.stage)],
            throttle=apigateway.ThrottleSettings(
                rate_limit=self._spec.requests_per_second, burst_limit=self._spec.burst
            ),
        )


_WHY_A_KEY: dict[Reach, str] = {
    "domain": "partners are known by their key, as the product asks; mutual TLS is a setting of the domain",
    "front door": "the one caller is CloudFront, which signs nothing: it shows a key; the service knows the users",
}
_WHY_NO_POOL: dict[Reach, str] = {
    "domain": "its callers are programs: they have a key, a role or what the function of the product checks",
    "front door": "the service behind checks the token of each user, as it did before; not every path asks for one",
}
_AUTHORIZATION = {
    "key": apigateway.AuthorizationType.NONE,
    "iam": apigateway.AuthorizationType.IAM,
    "cognito": apigateway.AuthorizationType.COGNITO,
    "lambda": apigateway.AuthorizationType.CUSTOM,
}


def _parameters(route: RouteSpec) -> dict[str, bool]:
    """What of path, query and header a method reads, and whether it has to be there."""
    parameters = {f"method.request.path.{name}": True for name in route.parameters}
    parameters |= {f"method.request.querystring.{name}": False for name in route.query}
    if route.cache_seconds is not None:
        parameters[f"method.request.header.{route.caller_header}"] = True
    return parameters
