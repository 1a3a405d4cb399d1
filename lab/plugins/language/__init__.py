"""`pulumi-language-python` for a Pulumi CLI that was built without it."""
