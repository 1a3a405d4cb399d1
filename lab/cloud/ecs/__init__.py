"""Elastic Compute Service: security groups."""
