"""The vending engine: observes the live organization, plans, and applies exactly that plan."""
