"""Every number of a cell that a size decides and a product may override by name."""

from typing import Annotated

from pydantic import AfterValidator, GetJsonSchemaHandler, JsonValue
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from constructs_lib.specs.base import Spec
from constructs_lib.specs.cache import CacheSpec
from constructs_lib.specs.canary import CanarySpec
from constructs_lib.specs.database import DatabaseSpec
from constructs_lib.specs.edge import EdgeSpec
from constructs_lib.specs.errors import HintedError
from constructs_lib.specs.gateway import GatewaySpec
from constructs_lib.specs.network import NetworkSettings
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.service import ApiSpec, MigrationsSpec, ServiceSpec
from constructs_lib.specs.storage import StorageSpec
from constructs_lib.specs.tracing import TracingSpec


class Settings(Spec):
    """The settings of a cell, two levels deep. `database.max_acu` is the name of one, everywhere."""

    network: NetworkSettings
    database: DatabaseSpec
    cache: CacheSpec
    storage: StorageSpec
    api: ApiSpec
    gateway: GatewaySpec = GatewaySpec()
    worker: ServiceSpec
    migrations: MigrationsSpec
    edge: EdgeSpec
    canary: CanarySpec = CanarySpec()
    protection: ProtectionSpec
    tracing: TracingSpec


def setting_fields() -> dict[str, FieldInfo]:
    """Every setting by its dotted name."""
    return {
        f"{section}.{name}": field for section, spec in _sections().items() for name, field in spec.model_fields.items()
    }


def _sections() -> dict[str, type[Spec]]:
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Spec)
    }


def _known_setting(name: str) -> str:
    from difflib import get_close_matches

    if name in (known := setting_fields()):
        return name
    from cells.modules.registry import module_settings  # modules are known by plans, and plans by settings

    if name not in (known := known | module_settings()):
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else "`cells show` lists every setting"
        raise HintedError("is not a known setting", hint=hint)
    return name


def _overrides_schema() -> dict[str, JsonValue]:
    from cells.modules.registry import known_modules

    properties: dict[str, JsonValue] = {}
    modules = {module.name: module.spec for module in known_modules() if module.spec.model_fields}
    for section, spec in (_sections() | modules).items():
        for name, schema in spec.model_json_schema()["properties"].items():
            properties[f"{section}.{name}"] = {key: value for key, value in schema.items() if key != "title"}
    return {"type": "object", "properties": properties, "additionalProperties": False}


class _OverridesSchema:
    """Writes the schema when it is asked for: the modules cannot be read while this file is."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, JsonValue]:
        return _overrides_schema()


SettingName = Annotated[str, AfterValidator(_known_setting)]
Overrides = Annotated[dict[SettingName, JsonValue], _OverridesSchema]
"""Settings replaced by name: `{"database.max_acu": 64}`. Never a deep merge: one name, one value."""
