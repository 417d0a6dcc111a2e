"""Settings: feature flags and configuration that change without a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.service import ServiceLayer


class SettingsModule(Module):
    """Feature flags in AppConfig, rolled out gradually. What one tenant sets for itself is a row in the database."""

    name = "settings"
    core = True
    summary = "Feature flags and configuration, rolled out gradually"
    reference = "https://docs.aws.amazon.com/appconfig/latest/userguide/what-is-appconfig.html"

    def service(self, layer: ServiceLayer) -> None:
        """The flags, and where the containers read them."""
        from constructs_lib.feature_flags import FeatureFlags

        flags = FeatureFlags(
            layer.module_scope(self),
            "Flags",
            name=layer.plan.identity.prefix,
            key=layer.foundation.encryption.data_key,
            protection=layer.plan.settings.protection,
        )
        layer.set_environment("SETTINGS_APPLICATION_ID", flags.application.application_id)
        layer.set_environment("SETTINGS_ENVIRONMENT_ID", flags.environment.environment_id)
        layer.set_environment("SETTINGS_PROFILE_ID", flags.flags.configuration_profile_id)
        layer.grant_containers(flags.grant_read)
