"""Stack files for a preview without their passphrase."""

import yaml

from lab.placeholders import with_placeholders

FILE = """
secretsprovider: awskms://somewhere
encryptedkey: abc
config:
  p:plain: text
  p:services:
    ui: {login: {user: u, password: {secure: v1:a:b}}, list: [{secure: v1:c:d}, 3]}
  p:whole: {secure: v1:a:b}
"""


def test_nothing_encrypted_is_left_and_all_else_is_the_same() -> None:
    made = yaml.safe_load(with_placeholders(FILE))

    services = made["config"]["p:services"]["ui"]
    assert "v1:a:b" not in str(made)
    assert (made["config"]["p:plain"], services["login"]["user"], services["list"][1]) == ("text", "u", 3)
    assert services["login"]["password"].keys() == {"secure"}


def test_the_file_says_how_it_is_encrypted_and_forgets_how_it_was() -> None:
    made = yaml.safe_load(with_placeholders(FILE))

    assert made["encryptionsalt"].startswith("v1:")
    assert "secretsprovider" not in made
    assert "encryptedkey" not in made
