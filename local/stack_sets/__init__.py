"""CloudFormation StackSets with service-managed permissions, over the stack engine of the embedded AWS."""
