"""Application Real-Time Monitoring Service: managed Prometheus, environments and addon releases."""
