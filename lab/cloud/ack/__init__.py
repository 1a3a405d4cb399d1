"""Container Service for Kubernetes: clusters, node pools, addons and the autoscaler."""
