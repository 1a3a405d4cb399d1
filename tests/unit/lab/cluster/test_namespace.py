"""What two labs do at once to the folder of all network namespaces, with `ip` played by this process."""

from pathlib import Path
from threading import Thread

import pytest

from lab.cluster import namespace
from lab.layout import Layout
from tests.unit.lab.layouts import LayoutInFolder


class Machine:
    """Its `ip` and `umount`; before: what another one does when `umount` is about to run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.addresses = ""
        self.asked: list[tuple[str, ...]] = []
        self.others: list[Thread] = []

    def run(self, *argv: str) -> str:
        self.asked.append(argv)
        match argv:
            case ("ip", "netns", "add", name):
                self.folder.mkdir(exist_ok=True)
                (self.folder / name).touch()
            case ("ip", "netns", "delete", name):
                (self.folder / name).unlink()
            case ("umount", _):
                for other in self.others:
                    other.start()
                    # All the time it needs, if nothing holds it up.
                    other.join(0.3)
            case ("ip", "-n", _, "-brief", "address", *_):
                return self.addresses
        return ""


@pytest.fixture
def machine(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(layout.netns.parent)
    monkeypatch.setattr(namespace, "run", made.run)
    return made


def test_a_lab_that_comes_while_the_last_one_goes_has_its_namespace(layout: LayoutInFolder, machine: Machine) -> None:
    other = LayoutInFolder(name="other", folder=layout.folder)
    namespace.create(layout)
    coming = Thread(target=namespace.create, args=[other])
    machine.others = [coming]

    namespace.remove(layout)
    assert not layout.netns.parent.exists(), "the other one has waited"
    coming.join()

    assert [file.name for file in layout.netns.parent.iterdir()] == ["other"]


def test_the_folder_stays_if_another_program_uses_it_meanwhile(layout: Layout, machine: Machine) -> None:
    namespace.create(layout)
    machine.others = [Thread(target=machine.run, args=["ip", "netns", "add", "vpn"])]

    namespace.remove(layout)

    assert [file.name for file in layout.netns.parent.iterdir()] == ["vpn"]


def test_an_address_that_is_gone_is_not_taken_for_one_that_begins_like_it(layout: Layout, machine: Machine) -> None:
    namespace.create(layout)
    machine.addresses = "lab0@lab1 UP 10.200.0.250/24 10.200.0.11/24"
    machine.asked.clear()

    namespace.remove_node_links(layout, "10.200.0.1", "cni1")
    namespace.remove_node_links(layout, "10.200.0.11", "cni11")

    deleted = [argv[5] for argv in machine.asked if "delete" in argv]
    assert deleted == ["10.200.0.11/24"]
