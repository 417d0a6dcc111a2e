"""What happens after synth: everything here reads only a cloud assembly."""
