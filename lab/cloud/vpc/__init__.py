"""Networks: VPC, vSwitches, NAT gateways, SNAT entries and elastic IP addresses."""
