"""`pulumi-resource-kubernetes` for machines that cannot download the official plugin.

Same ids, annotations, layout of the state and rules of waiting and replacing. It differs in this:

- An object is created by server-side apply under the field manager of its resource; the official one posts it and takes
  its fields over at the first update.
- A Patch of an object that is not there is refused; the official plugin would make an object of only these fields.
- A field that only the server knows to be immutable replaces the object; the official plugin fails the update.
- Without a kubeconfig it does nothing, where the official plugin takes the one of the shell.
- Built-in kinds are waited for only where `readiness` says so: no Pods, Services, Ingresses, PersistentVolumeClaims.
- Not offered: YAML files, Helm, Kustomize, rendering to a folder, client-side apply, kubeconfigs that run a program.
"""
