"""The compose file: valid, two of everything, nothing but the proxy to be reached, nothing with a secret of ours."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from content.catalogue import ROOT

Compose = dict[str, Any]
TEXT = (ROOT / "deploy" / "compose.yml").read_text()
SECRETS = re.compile("PASSWORD|TOKEN|KEYS|_URL$")


def test_it_is_a_valid_compose_file(checkers: None) -> None:
    from compose_spec import PyCompose

    filled = re.sub(r"(?<!\$)\$\{\w+:?\??[^}]*\}", "/given", TEXT)  # as compose does before it reads the file
    found = PyCompose.from_yaml(yaml.safe_dump(yaml.safe_load(filled)))  # its anchors resolved
    found.validate()
    assert "frontdesk" in found.service_names()
    with pytest.raises(ValueError):  # it does look
        PyCompose.from_yaml("services: {one: {image: a, ports: {}}}")


def test_there_are_two_of_everything_that_serves(compose: Compose) -> None:
    services = compose["services"]
    assert services["frontdesk"]["deploy"]["replicas"] == services["actions"]["deploy"]["replicas"] == 2
    named = services["frontdesk"]["environment"]["FRONTDESK_RASA_URL"].split(",")
    assert named == [f"http://{name}:5005" for name in services if name.startswith("rasa-")]
    assert len(named) == 2


def test_only_the_proxy_can_be_reached_and_rasa_is_on_an_internal_network_alone(compose: Compose) -> None:
    services = compose["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["caddy"]
    for name in ("rasa-1", "rasa-2"):
        assert [compose["networks"][network]["internal"] for network in services[name]["networks"]] == [True]
        reaching = {other for other, one in services.items() if "understanding" in one.get("networks", [])}
        assert reaching == {"frontdesk", "actions", "rasa-1", "rasa-2"}
    outside = {name for name, one in services.items() if "web" in one.get("networks", [])}
    assert outside == {"caddy", "frontdesk"}


def test_everything_is_hardened_and_limited(compose: Compose) -> None:
    for name, one in compose["services"].items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert one["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        if name != "volumes":  # which changes the owner of new volumes, and has no network
            assert not one["user"].startswith(("0", "root")), name
        else:
            assert one["network_mode"] == "none"
        assert "privileged" not in one, name


def test_what_serves_is_asked_whether_it_is_well(compose: Compose) -> None:
    once = {"volumes", "migrate", "retain"}
    assert {name for name, one in compose["services"].items() if "test" not in one.get("healthcheck", {})} == once


def test_no_secret_is_in_it_and_none_has_a_default(compose: Compose) -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
    assert re.findall(r"\$\{\w+:?-", TEXT) == []
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if SECRETS.search(variable) and re.search("PASSWORD|TOKEN|KEYS|DATABASE|REDIS", variable):
                assert re.search(r"\$\{\w+:\?", value), (name, variable)
    example = (ROOT / "deploy" / "example.env").read_text()
    lines = [line for line in example.splitlines() if line and not line.startswith("#")]
    assert {line.partition("=")[0] for line in lines} == asked
    assert all(line.endswith("=") for line in lines)
