"""Alibaba Cloud DNS: records of domains."""
