// pulumi-resource-alicloud for machines that cannot download the official plugin: the upstream Terraform provider
// behind Pulumi's own bridge, with the resources that this project declares (mapping.go).
package main

import (
	"fmt"
	"strings"

	"github.com/aliyun/terraform-provider-alicloud/alicloud"
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	sdkv1 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const name = "alicloud"

// version is that of the Python SDK; set by the linker.
var version = "0.0.0"

func main() {
	pulumiSchema := fmt.Sprintf(`{"name":%q,"version":%q}`, name, version)
	tfbridge.Main(name, version, providerInfo(), []byte(pulumiSchema))
}

func providerInfo() tfbridge.ProviderInfo {
	upstream := alicloud.Provider().(*schema.Provider)
	info := tfbridge.ProviderInfo{
		P:              sdkv1.NewProvider(upstream),
		Name:           name,
		Version:        version,
		ResourcePrefix: name,
		Config: map[string]*tfbridge.SchemaInfo{
			// As the official plugin reads it; upstream's own default is a fixed region.
			"region": {Default: &tfbridge.DefaultInfo{EnvVars: []string{"ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"}}},
		},
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	for terraformName := range upstream.ResourcesMap {
		if member, ok := resources[terraformName]; ok {
			info.Resources[terraformName] = &tfbridge.ResourceInfo{Tok: tokens.Type(token(member))}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, terraformName)
		}
	}
	for terraformName := range upstream.DataSourcesMap {
		if member, ok := dataSources[terraformName]; ok {
			info.DataSources[terraformName] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token(member))}
		} else {
			info.IgnoreMappings = append(info.IgnoreMappings, terraformName)
		}
	}
	info.SetAutonaming(255, "-")
	// The one property that the official plugin shapes by hand: an object, where the bridge's rules give a list.
	info.Resources["alicloud_cs_managed_kubernetes"].Fields = map[string]*tfbridge.SchemaInfo{
		"rrsa_metadata": {MaxItemsOne: tfbridge.True()},
	}
	return info
}

// token turns "cs/NodePool" into "alicloud:cs/nodePool:NodePool".
func token(member string) string {
	module, typeName, _ := strings.Cut(member, "/")
	file := strings.ToLower(typeName[:1]) + typeName[1:]
	return fmt.Sprintf("%s:%s/%s:%s", name, module, file, typeName)
}
