"""Parts of AWS's interfaces that neither emulator answers."""
