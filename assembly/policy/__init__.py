"""An offline evaluator of AWS policies: what a call is allowed, denied, or not enough known to say."""
