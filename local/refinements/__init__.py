"""What the emulator's own handlers leave out of a resource, added after they have made it."""
