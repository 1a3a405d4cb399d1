"""Key Management Service: keys, never their material."""
