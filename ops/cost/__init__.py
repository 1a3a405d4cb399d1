"""What a plan costs by the hour. Every price is an estimate: Alibaba Cloud publishes none that could be quoted."""
