"""Ways in which a message reaches a consumer's telephone, one module each."""
