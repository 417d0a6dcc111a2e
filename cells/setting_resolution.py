"""The settings of a cell: those of its size, with what traffic and people replace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue, ValidationError

from cells.cell_declaration import CellDeclaration
from cells.module_settings import Override
from cells.network_choice import NetworkChoice
from cells.plan import Source
from cells.settings import Settings, setting_fields
from cells.sizes import SIZES, Size
from constructs_lib.specs.document import Location
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.network import NetworkSettings

_RELEASED: Mapping[str, str | bool] = {
    "removal": "destroy",
    "deletion_protection": False,
    "termination_protection": False,
}
"""What a decommissioned cell says of its protection."""


class SettingResolution:
    """Resolves the settings of a cell. The later override of a name wins."""

    def __init__(self, said: CellDeclaration) -> None:
        self._said = said

    def resolve(self, size: Size, overrides: Iterable[Override], chosen: NetworkChoice | None) -> Settings:
        """The settings. Raises InputError for one that is unknown, out of its range or against a rule for prod."""
        values: dict[str, dict[str, JsonValue]] = SIZES[size].model_dump(mode="json")
        for name in setting_fields():
            self._said.sources[name] = Source(kind="size", where=size)
        if chosen:
            path: Location = (*self._said.path, "traffic") if self._said.own.traffic else ("traffic",)
            values["network"] |= {"nat": chosen.nat, "interface_endpoints": list(chosen.interface_endpoints)}
            self._said.sources |= {
                f"network.{name}": self._said.at("traffic", *path) for name in NetworkSettings.model_fields
            }
        for override in overrides:
            self._override(values, override)
        settings = self._validated(values)
        self._check_production(settings)
        return self._released(settings)

    def _override(self, values: dict[str, dict[str, JsonValue]], override: Override) -> None:
        if override.field not in values[override.section]:
            raise InputError(
                f"{override.source.where}: '{override.name}' is not a known setting", hint="`cells show` lists them"
            )
        values[override.section][override.field] = override.value
        self._said.sources[override.name] = override.source

    def _validated(self, values: dict[str, dict[str, JsonValue]]) -> Settings:
        try:
            return Settings.model_validate(values)
        except ValidationError as error:
            detail = error.errors()[0]
            name = ".".join(str(step) for step in detail["loc"][:2])
            message = detail["msg"].removeprefix("Value error, ")
            source = self._blamed(name)
            got = "" if "got " in message or isinstance(detail["input"], dict) else f", got {detail['input']!r}"
            raise InputError(
                f"{source.where}: {name}: {message[:1].lower()}{message[1:]}{got}",
                hint=f"the value comes from {source}; `cells show` prints every setting",
            ) from None

    def _blamed(self, name: str) -> Source:
        """The override to blame: of the setting, or (for a rule over a section) the last one in that section."""
        if name in self._said.sources and self._said.sources[name].kind != "size":
            return self._said.sources[name]
        section = name.partition(".")[0]
        overrides = [
            source
            for setting, source in self._said.sources.items()
            if setting.startswith(f"{section}.") and source.kind != "size"
        ]
        return overrides[-1] if overrides else Source(kind="size", where="profile")

    def _check_production(self, settings: Settings) -> None:
        """Production rules that no size, file or option can switch off."""
        if self._said.environment != "prod":
            return
        rules = {
            "protection.removal": (settings.protection.removal == "retain", "retain"),
            "protection.deletion_protection": (settings.protection.deletion_protection, "true"),
            "protection.termination_protection": (settings.protection.termination_protection, "true"),
            "database.min_acu": (settings.database.min_acu > 0, "0.5 or more"),
            "api.execute_command": (not settings.api.execute_command, "false"),
            "worker.execute_command": (not settings.worker.execute_command, "false"),
            "api.spot": (not settings.api.spot, "false"),
            "worker.spot": (not settings.worker.spot, "false"),
        }
        for name, (holds, wanted) in rules.items():
            if not holds:
                raise InputError(
                    f"{self._said.product.where(*self._said.path)}: {name} must be {wanted} in prod "
                    f"(from {self._said.sources[name]})",
                    hint=f"set `{name}` in the settings of prod",
                )

    def _released(self, settings: Settings) -> Settings:
        """Without protection, when the product file decommissions the cell: the first key of two."""
        if self._said.own.decommission is None:
            return settings
        source = self._said.at("environment", *self._said.path, "decommission")
        self._said.sources |= {f"protection.{name}": source for name in _RELEASED}
        self._said.notes.append(f"{source.where}: this cell is to be destroyed, so its data is not protected any more")
        # Copies go on to the end: they are what is there when the cell was destroyed by mistake.
        released = settings.protection.model_copy(update=_RELEASED)
        return settings.model_copy(update={"protection": released})
