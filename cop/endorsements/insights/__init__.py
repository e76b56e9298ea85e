"""“That helped me see it”: what somebody says of an answer. It is trust in whoever answered, and no act of order."""
