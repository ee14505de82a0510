"""compose.yml, held to those rules of the Compose specification that a slip would break, and to Usher's settings."""

from __future__ import annotations

import re
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.settings import load
from tests.deploy.files import (
    DEPLOY,
    NAMES,
    ROOT,
    SECRETS,
    compose,
    environment_file,
    interpolated,
    service,
    text,
    variables,
    yaml_of,
)
from tests.deploy.secret_files import make_secrets

SERVICES: Mapping[str, Mapping[str, Any]] = compose()["services"]
EXAMPLE = environment_file(text(".env.example"))
KEYS = {
    *("build", "cap_drop", "command", "depends_on", "env_file", "environment", "healthcheck", "image", "init"),
    *(
        "networks",
        "ports",
        "pull_policy",
        "read_only",
        "restart",
        "secrets",
        "security_opt",
        "stop_grace_period",
        "tmpfs",
        "volumes",
    ),
}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def test_there_is_usher_a_livekit_server_and_a_database() -> None:
    assert set(compose()) == {"name", "services", "networks", "volumes", "secrets"}
    assert set(SERVICES) == {"usher", "livekit", "postgres"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_made_of_known_keys_a_versioned_image_and_things_that_are_declared(name: str) -> None:
    one, whole = SERVICES[name], compose()
    assert set(one) <= KEYS
    assert one["image"] == "usher" or re.fullmatch(r"[\w/-]+:v?\d[\w.-]*", one["image"])
    assert set(one["secrets"]) <= set(whole["secrets"])
    assert set(one.get("networks", ())) <= {"default", *whole["networks"]}
    for volume in one.get("volumes", ()):
        source = volume.split(":")[0]
        assert (DEPLOY / source).is_file() if source.startswith(".") else source in whole["volumes"]


def test_whoever_is_waited_for_is_there_and_can_tell_how_it_is() -> None:
    for one in SERVICES.values():
        for other, how in one.get("depends_on", {}).items():
            assert how["condition"] in CONDITIONS
            assert how["condition"] != "service_healthy" or SERVICES[other]["healthcheck"]["test"][0] == "CMD"


def test_everything_starts_again_by_itself_and_may_gain_no_rights() -> None:
    assert {one["restart"] for one in SERVICES.values()} == {"unless-stopped"}
    assert all("no-new-privileges:true" in one["security_opt"] for one in SERVICES.values())
    assert service("usher")["cap_drop"] == ["ALL"]
    assert service("usher")["read_only"]


def test_ports_are_reached_from_this_machine_alone_until_somebody_says_otherwise() -> None:
    ports = [interpolated(port) for one in SERVICES.values() for port in one.get("ports", ())]
    assert len(ports) == 4
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert "ports" not in service("postgres")
    assert compose()["networks"]["database"]["internal"]


def test_the_folder_and_the_file_of_the_build_are_there() -> None:
    build = service("usher")["build"]
    context = (DEPLOY / build["context"]).resolve()
    assert context == ROOT
    assert (context / build["dockerfile"]).is_file()
    assert service("usher")["pull_policy"] == "build"


def test_usher_gets_settings_that_exist_and_secrets_as_files_of_its_own() -> None:
    given: dict[str, str] = service("usher")["environment"]
    assert set(given) <= NAMES - SECRETS
    files = {value.removeprefix("/run/secrets/") for name, value in given.items() if name.endswith("_FILE")}
    assert files == set(service("usher")["secrets"])


def test_usher_and_the_livekit_server_find_each_other() -> None:
    config, given = yaml_of("livekit.yaml"), service("usher")["environment"]
    assert given["LIVEKIT_URL"] == f"ws://livekit:{config['port']}"
    rtc = config["rtc"]
    published = [interpolated(port) for port in service("livekit")["ports"]]
    assert published == [
        f"127.0.0.1:{port}" for port in ("7880:7880", f"{rtc['tcp_port']}:7881", f"{rtc['udp_port']}:7882/udp")
    ]
    assert "keys" not in config
    version = re.search(r"(?m)^LIVEKIT_VERSION := (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert version
    assert service("livekit")["image"] == f"livekit/livekit-server:{version[1]}"


def test_the_example_names_settings_that_exist_and_has_no_secret_in_it() -> None:
    assert set(EXAMPLE) <= NAMES | variables()
    assert variables() <= set(EXAMPLE)
    assert {name for name in SECRETS if EXAMPLE.get(name)} == set()
    assert not set(EXAMPLE) & set(service("usher")["environment"])
    assert all(interpolated(f"${{{name}:-other}}", EXAMPLE) == "127.0.0.1" for name in variables())


def test_what_must_not_be_committed_is_ignored() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"deploy/{service('usher')['env_file']}", "deploy/secrets/"} <= set(ignored)


def test_with_the_secrets_that_are_made_the_settings_are_complete(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    given = {name: value.replace("/run/secrets", str(made)) for name, value in service("usher")["environment"].items()}
    settings = load({**EXAMPLE, **given})
    settings.require()
    password = (made / "postgres_password").read_text()
    postgres = service("postgres")["environment"]
    assert settings["DATABASE_URL"] == f"postgresql://{postgres['POSTGRES_USER']}:{password}@postgres/usher"
    assert postgres["POSTGRES_DB"] == "usher"
    assert set(compose()["secrets"]) == {path.name for path in made.iterdir()}
    assert all(one == {"file": f"secrets/{name}"} for name, one in compose()["secrets"].items())


def test_secrets_are_long_and_each_is_another_one(tmp_path: Path) -> None:
    texts = [path.read_text() for folder in ("a", "b") for path in sorted(make_secrets(tmp_path / folder).iterdir())]
    random = [found for one in texts for found in re.findall(r"[A-Za-z0-9]{43}", one)]
    assert len(random) == 2 * 6
    assert len(set(random)) == 2 * 4


def test_nobody_else_on_the_machine_can_read_the_secrets_and_containers_can(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (made, *made.iterdir())}
    assert modes.pop("secrets") == 0o700
    assert modes.pop("livekit_keys") == 0o600
    assert set(modes.values()) == {0o644}


def test_secrets_that_are_there_are_never_made_anew(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    before = {path: path.read_text() for path in made.iterdir()}
    again = subprocess.run([made.parent / "make-secrets"], capture_output=True, text=True)
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert {path: path.read_text() for path in made.iterdir()} == before
