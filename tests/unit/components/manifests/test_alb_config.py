from components.manifests.alb_config import AlbConfigSpec, alb_config


def test_the_timeouts_are_said_because_the_defaults_are_too_short() -> None:
    (listener,) = alb_config(AlbConfigSpec("alb", ["vsw-1", "vsw-2"]))["spec"]["listeners"]

    assert listener == {"port": 80, "protocol": "HTTP", "idleTimeout": 60, "requestTimeout": 600}


def test_it_stands_in_every_vswitch_given() -> None:
    config = alb_config(AlbConfigSpec("alb", ["vsw-1", "vsw-2"]))["spec"]["config"]

    assert config["zoneMappings"] == [{"vSwitchId": "vsw-1"}, {"vSwitchId": "vsw-2"}]


def test_every_field_is_one_that_ack_knows_because_others_are_ignored_without_a_word() -> None:
    # From the type AlbConfigSpec of the ALB ingress controller (github.com/alibaba/alibaba-load-balancer-controller).
    known_config = {"name", "addressType", "edition", "zoneMappings"}
    known_listener = {"port", "protocol", "idleTimeout", "requestTimeout"}

    manifest = alb_config(AlbConfigSpec("alb", ["vsw-1", "vsw-2"]))

    assert set(manifest["spec"]["config"]) <= known_config
    assert set(manifest["spec"]["listeners"][0]) <= known_listener
