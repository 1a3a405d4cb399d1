"""Knative Serving: its manifests and how they are installed."""
