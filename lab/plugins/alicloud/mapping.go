package main

// Terraform name to Pulumi module and type. Only what is listed exists in this plugin; a component that declares
// something new adds its line here.
var resources = map[string]string{
	"alicloud_alidns_record":              "dns/AlidnsRecord",
	"alicloud_arms_addon_release":         "arms/AddonRelease",
	"alicloud_arms_env_pod_monitor":       "arms/EnvPodMonitor",
	"alicloud_arms_environment":           "arms/Environment",
	"alicloud_arms_prometheus":            "arms/Prometheus",
	"alicloud_arms_prometheus_alert_rule": "arms/PrometheusAlertRule",
	"alicloud_cs_autoscaling_config":      "cs/AutoscalingConfig",
	"alicloud_cs_kubernetes_addon":        "cs/KubernetesAddon",
	"alicloud_cs_kubernetes_node_pool":    "cs/NodePool",
	"alicloud_cs_kubernetes_permissions":  "cs/KubernetesPermission",
	"alicloud_cs_managed_kubernetes":      "cs/ManagedKubernetes",
	"alicloud_eip_address":                "ecs/EipAddress",
	"alicloud_eip_association":            "ecs/EipAssociation",
	"alicloud_ims_oidc_provider":          "ims/OidcProvider",
	"alicloud_kms_key":                    "kms/Key",
	"alicloud_log_project":                "log/Project",
	"alicloud_log_store":                  "log/Store",
	"alicloud_nat_gateway":                "vpc/NatGateway",
	"alicloud_ram_policy":                 "ram/Policy",
	"alicloud_ram_role":                   "ram/Role",
	"alicloud_ram_role_policy_attachment": "ram/RolePolicyAttachment",
	"alicloud_security_group":             "ecs/SecurityGroup",
	"alicloud_security_group_rule":        "ecs/SecurityGroupRule",
	"alicloud_snat_entry":                 "vpc/SnatEntry",
	"alicloud_vpc":                        "vpc/Network",
	"alicloud_vswitch":                    "vpc/Switch",
}

var dataSources = map[string]string{
	"alicloud_cs_cluster_credential": "cs/getClusterCredential",
	"alicloud_instance_types":        "ecs/getInstanceTypes",
	"alicloud_regions":               "index/getRegions",
	"alicloud_zones":                 "index/getZones",
}
