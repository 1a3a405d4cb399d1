"""Simple Log Service: projects and their log stores, without logs."""
