"""Native handlers for resource types that the emulator underneath lacks or answers wrongly."""
