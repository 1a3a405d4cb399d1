"""`pulumi-resource-kubernetes` for machines that cannot download the official plugin."""
