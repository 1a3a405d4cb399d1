"""StableDiffusionService: one Knative Service, with the Secret of its login and the volume of its models if it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import pulumi
import pulumi_kubernetes as kubernetes

from components.live_object import LiveObject, waiting_for
from components.manifests.eci import nodes_before_eci
from components.manifests.knative_service import KnativeServiceSpec, SecretEnv, knative_service
from components.manifests.model_volume import Claim, persistent_volume, persistent_volume_claim
from components.manifests.traffic import tagged_host

LOGIN_ENV = "SD_LOGIN"
_LOGIN_KEY = "login"


@dataclass(frozen=True)
class Login:
    """User and password for the page and the API alike; the component keeps the password secret however it comes."""

    user: str
    password: pulumi.Input[str]


@dataclass(frozen=True)
class StableDiffusionServiceArgs:
    """What a StableDiffusionService needs.

    domain: as in Knative's config-domain; host = <service>.<namespace>.<domain>.
    scheme: of the url; https only where the gateway has a certificate.
    ready_seconds: how long `up` waits; above Knative's progress deadline, so that Knative says first what is wrong.
    after: Knative's settings, the gateway and the GPU pools: what must be there before, and be destroyed after it.
    """

    spec: KnativeServiceSpec
    provider: kubernetes.Provider
    domain: str
    ready_seconds: int
    scheme: Literal["http", "https"] = "http"
    login: Login | None = None
    after: Sequence[pulumi.Resource] = ()


class StableDiffusionService(pulumi.ComponentResource):
    """Owns the Service; revisions, routes and pods are Knative's."""

    host: pulumi.Output[str]
    url: pulumi.Output[str]
    revision_urls: Mapping[str, pulumi.Output[str]]
    """Of each revision in the traffic, by its name."""

    def __init__(self, name: str, args: StableDiffusionServiceArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:StableDiffusionService", name, None, opts)
        after = pulumi.ResourceOptions(parent=self, provider=args.provider, depends_on=list(args.after))

        spec = args.spec
        if args.login:
            spec = _with_login(spec, _login_secret(f"{name}-login", spec.namespace, args.login, after))
        before: list[pulumi.Resource] = []
        if spec.eci and spec.eci.nodes_first:
            before.append(_nodes_first(f"{name}-nodes-first", spec, after))
        if spec.model and not isinstance(spec.model.source, Claim):
            before.append(_model_claim(name, spec, after))
        after = pulumi.ResourceOptions.merge(after, pulumi.ResourceOptions(depends_on=before))
        wait = f"{args.ready_seconds}s"
        LiveObject(
            f"{name}-service",
            waiting_for(knative_service(spec), "condition=Ready"),
            pulumi.ResourceOptions.merge(
                after, pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=wait, update=wait))
            ),
        )

        self.host = pulumi.Output.concat(spec.name, ".", spec.namespace, ".", args.domain)
        self.url = pulumi.Output.concat(args.scheme, "://", self.host)
        self.revision_urls = {
            tag: pulumi.Output.concat("http://", self.host.apply(partial(tagged_host, tag))) for tag in spec.traffic
        }
        self.register_outputs({"host": self.host, "url": self.url})


def _nodes_first(name: str, spec: KnativeServiceSpec, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    """Before the service: a pod that is there already is not moved."""
    assert spec.eci
    return LiveObject(name, nodes_before_eci(spec.name, spec.namespace, spec.eci.wait_for_nodes), opts)


def _model_claim(name: str, spec: KnativeServiceSpec, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    """Volumes are cluster-wide: the namespace in the name keeps two services of one name apart."""
    assert spec.model
    volume_name = pulumi.Output.concat(spec.namespace, "-", spec.claim_name)
    # Manifests are written as Kubernetes does; the SDK's types know snake_case alone, its code takes both.
    volume_spec: Any = persistent_volume(volume_name, spec.namespace, spec.model)
    claim_spec: Any = persistent_volume_claim(volume_name, spec.model)
    volume = kubernetes.core.v1.PersistentVolume(
        f"{name}-model-volume", metadata={"name": volume_name}, spec=volume_spec, opts=opts
    )
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[volume]))
    metadata: Any = {"name": spec.claim_name, "namespace": spec.namespace}
    claim: pulumi.Resource = kubernetes.core.v1.PersistentVolumeClaim(
        f"{name}-model-claim", metadata=metadata, spec=claim_spec, opts=after
    )
    return claim


def _login_secret(
    name: str, namespace: pulumi.Input[str], login: Login, opts: pulumi.ResourceOptions
) -> kubernetes.core.v1.Secret:
    """Without a name of its own and immutable: a new password is a new Secret, hence a new revision that reads it."""
    return kubernetes.core.v1.Secret(
        name,
        metadata={"namespace": namespace},
        immutable=True,
        string_data={_LOGIN_KEY: pulumi.Output.concat(login.user, ":", pulumi.Output.secret(login.password))},
        opts=opts,
    )


def _with_login(spec: KnativeServiceSpec, secret: kubernetes.core.v1.Secret) -> KnativeServiceSpec:
    """Kubernetes puts the variable's value in place of $(…), so that the manifest never holds it."""
    secret_name = secret.metadata.apply(lambda metadata: str(metadata.name))
    return replace(
        spec,
        env={**spec.env, LOGIN_ENV: SecretEnv(secret_name, _LOGIN_KEY)},
        # --gradio-auth guards the page, --api-auth the API; each leaves the other open.
        args=(*spec.args, f"--gradio-auth=$({LOGIN_ENV})", f"--api-auth=$({LOGIN_ENV})"),
    )
