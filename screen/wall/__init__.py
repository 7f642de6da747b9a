"""The wall screen, and the tokens that open it without a login."""
