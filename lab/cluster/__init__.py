"""A real Kubernetes with Knative in a network namespace: what an ACK cluster is in the lab. Start with cluster.py."""
