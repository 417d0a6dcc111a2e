"""One CDK stack set per platform account, and the account baseline."""
