// Package client takes the place of a module that not every Go proxy serves. The provider uses one name of it, for OSS
// calls over the OpenAPI gateway; those fail with the message below, everything else of the provider is untouched.
package client

import (
	"errors"

	spi "github.com/alibabacloud-go/alibabacloud-gateway-spi/client"
)

// NewClient always fails.
func NewClient() (spi.ClientInterface, error) {
	return nil, errors.New("this build of the alicloud plugin has no OSS over the OpenAPI gateway; use the official plugin")
}
