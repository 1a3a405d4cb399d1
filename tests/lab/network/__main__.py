"""One VPC: the smallest program that asks the account for something."""

import pulumi_alicloud as alicloud

alicloud.vpc.Network("network", cidr_block="10.0.0.0/8", vpc_name="network")
