"""A VPC and a log project: the smallest program whose provider signs its calls in two ways."""

import pulumi_alicloud as alicloud

alicloud.vpc.Network("network", cidr_block="10.0.0.0/8", vpc_name="network")
alicloud.log.Project("logs", project_name="network-logs")
