// Package k8schain takes the place of the registry keychain of the same import path. The lab's images are never
// looked up at a registry, so the credential helpers of three clouds need be neither fetched nor compiled.
package k8schain

import (
	"context"
	"fmt"

	"github.com/google/go-containerregistry/pkg/authn"
	secrets "github.com/google/go-containerregistry/pkg/authn/kubernetes"
	"k8s.io/client-go/kubernetes"
)

// Options name the service account whose pull secrets count.
type Options = secrets.Options

// New gives the keychain of the cluster's pull secrets, then the one of the local Docker configuration.
func New(ctx context.Context, client kubernetes.Interface, options Options) (authn.Keychain, error) {
	fromSecrets, err := secrets.New(ctx, client, options)
	if err != nil {
		return nil, fmt.Errorf("keychain of pull secrets: %w", err)
	}
	return authn.NewMultiKeychain(fromSecrets, authn.DefaultKeychain), nil
}
