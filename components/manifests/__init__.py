"""Kubernetes manifests from plain data: pure functions, no engine, no Config."""
