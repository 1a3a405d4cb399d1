import pytest

from lab.cluster.addresses import node_number


@pytest.mark.parametrize(("name", "number"), [("cn-shanghai.10.200.0.7", 7), ("gpu.1", 1), ("a.200", 200)])
def test_a_nodes_number_is_the_last_part_of_its_name(name: str, number: int) -> None:
    assert node_number(name) == number


@pytest.mark.parametrize(
    ("name", "number"), [("virtual-kubelet-cn-shanghai-l", 112), ("virtual-kubelet-ap-southeast-1b", 102)]
)
def test_a_virtual_nodes_number_is_its_zones_above_those_of_pools(name: str, number: int) -> None:
    assert node_number(name) == number


@pytest.mark.parametrize("name", ["cn-shanghai", "node-7", "node.0", "node.201", "node.7a", ""])
def test_a_name_without_a_usable_number_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(RuntimeError, match=r"must end in \.N with N from 1 to 200, as in cn-shanghai"):
        node_number(name)
