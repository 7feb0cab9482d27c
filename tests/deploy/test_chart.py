"""The Helm chart: Helm renders it, Kubernetes' own schemas admit it, and it is as closed as it says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.deploy.conftest import CHART, GIVEN, render

Manifests = list[dict[str, Any]]
OLDEST, NEWEST = "1.27", "1.37"


def of_kind(manifests: Manifests, kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in manifests if one["kind"] == kind}


def pods(manifests: Manifests) -> dict[str, dict[str, Any]]:
    """The pod template of everything that runs."""
    found = {}
    for one in manifests:
        spec = one.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            found[one["metadata"]["name"]] = template
    return found


def selects(policy: dict[str, Any], labels: dict[str, str]) -> bool:
    wanted = policy["spec"]["podSelector"].get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items())


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_admits_every_manifest(manifests: Manifests, version: str) -> None:
    import kubernetes_validate

    for manifest in manifests:
        kubernetes_validate.validate(manifest, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):  # it does look
        kubernetes_validate.validate({"apiVersion": "v1", "kind": "Service", "spec": {"port": 1}}, version, strict=True)


def test_helm_finds_nothing_to_complain_of(checkers: None) -> None:
    import helm_python as helm

    assert [one["error"] for one in helm.lint(CHART, values=GIVEN)["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize("missing", ["clinic", "secret", "host", "images", "ingress"])
def test_what_has_no_default_must_be_given(checkers: None, missing: str) -> None:
    import helm_python as helm

    with pytest.raises(helm.HelmError, match=missing):
        render({key: value for key, value in GIVEN.items() if key != missing})


def test_everything_runs_as_nobody_in_particular_on_files_that_it_cannot_change(manifests: Manifests) -> None:
    assert set(pods(manifests)) == {
        "clinic-frontdesk", "clinic-actions", "clinic-rasa", "clinic-migrate", "clinic-retain"
    }  # fmt: skip
    for name, template in pods(manifests).items():
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] > 0, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name
        assert not any("hostPath" in volume for volume in spec["volumes"]), name
        for container in spec["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert {"cpu", "memory"} <= container["resources"]["limits"].keys(), name
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name


def test_what_serves_is_probed_on_a_port_that_it_has(manifests: Manifests) -> None:
    for name in ("clinic-frontdesk", "clinic-actions", "clinic-rasa"):
        (container,) = pods(manifests)[name]["spec"]["containers"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"]["port"] in {port["name"] for port in container["ports"]}, name
    # An outage of Rasa or the database must not take away what a visitor in danger gets.
    (frontdesk,) = pods(manifests)["clinic-frontdesk"]["spec"]["containers"]
    assert frontdesk["readinessProbe"]["httpGet"]["path"] == "/health/live"


def test_no_secret_is_in_the_chart_and_rasa_gets_its_token_alone(manifests: Manifests) -> None:
    assert of_kind(manifests, "Secret") == {}
    for name, template in pods(manifests).items():
        for container in template["spec"]["containers"]:
            for variable in container.get("env", []):
                if re.search("TOKEN|PASSWORD|KEY|DATABASE|REDIS|NOTIFY", variable["name"]):
                    assert "value" not in variable, (name, variable["name"])
            given = [source["secretRef"]["name"] for source in container.get("envFrom", [])]
            assert given == ([] if name == "clinic-rasa" else ["clinic"]), name
    text = "\n".join(path.read_text() for path in CHART.rglob("*.*ml"))
    assert not re.search(r"(?i)(password|token|_keys?): *[\"']?[A-Za-z0-9+/=]{12,}", text)


def test_rasa_has_no_public_port_and_is_reached_from_the_frontdesk_only(manifests: Manifests) -> None:
    services, ingresses = of_kind(manifests, "Service"), of_kind(manifests, "Ingress")
    assert {one["spec"].get("type", "ClusterIP") for one in services.values()} == {"ClusterIP"}
    assert services["clinic-rasa"]["spec"]["clusterIP"] == "None"
    backends = [
        path["backend"]["service"]["name"]
        for one in ingresses.values() for rule in one["spec"]["rules"] for path in rule["http"]["paths"]
    ]  # fmt: skip
    assert set(backends) == {"clinic-frontdesk"}
    rasa = pods(manifests)["clinic-rasa"]["metadata"]["labels"]
    reaching = [
        entry
        for policy in of_kind(manifests, "NetworkPolicy").values() if selects(policy, rasa)
        for rule in policy["spec"].get("ingress", []) for entry in rule["from"]
    ]  # fmt: skip
    frontdesk = pods(manifests)["clinic-frontdesk"]["metadata"]["labels"]
    assert reaching == [{"podSelector": {"matchLabels": frontdesk}}]


def test_every_pod_is_closed_but_for_what_is_said(manifests: Manifests) -> None:
    policies = of_kind(manifests, "NetworkPolicy").values()
    for name, template in pods(manifests).items():
        own = [policy for policy in policies if selects(policy, template["metadata"]["labels"])]
        assert own, name
        closed = {kind for policy in own for kind in policy["spec"]["policyTypes"]}
        assert closed == {"Ingress", "Egress"}, name
        out = [rule for policy in own for rule in policy["spec"].get("egress", [])]
        assert ({} in out) == (name == "clinic-frontdesk"), name  # which pages people by services outside


def test_figures_and_states_are_not_for_the_public(manifests: Manifests) -> None:
    (ingress,) = of_kind(manifests, "Ingress").values()
    paths = {path["path"] for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]}
    assert not any("/metrics".startswith(path) or "/health/ready".startswith(path) for path in paths)
    assert ingress["spec"]["tls"][0]["hosts"] == ["chat.clinic.example"]


def test_two_of_each_at_least_and_more_when_messages_wait(manifests: Manifests) -> None:
    scaled = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]
        for one in of_kind(manifests, "HorizontalPodAutoscaler").values()
    }
    assert set(scaled) == {"clinic-frontdesk", "clinic-rasa"}
    for spec in scaled.values():
        assert 2 <= spec["minReplicas"] < spec["maxReplicas"]
        assert spec["metrics"][0]["external"]["metric"]["name"] == "chat_turns_under_way"
    assert of_kind(manifests, "Deployment")["clinic-actions"]["spec"]["replicas"] >= 2
    assert set(of_kind(manifests, "PodDisruptionBudget")) == {"clinic-frontdesk", "clinic-rasa", "clinic-actions"}


def test_the_frontdesk_knows_every_worker_that_there_may_be(manifests: Manifests) -> None:
    (container,) = pods(manifests)["clinic-frontdesk"]["spec"]["containers"]
    (urls,) = (one["value"] for one in container["env"] if one["name"] == "FRONTDESK_RASA_URL")
    most = of_kind(manifests, "HorizontalPodAutoscaler")["clinic-rasa"]["spec"]["maxReplicas"]
    assert urls.split(",") == [
        f"http://clinic-rasa-{number}.clinic-rasa.patients.svc.cluster.local:5005" for number in range(most)
    ]


def test_migrations_come_first_and_what_is_too_old_goes_every_day(manifests: Manifests) -> None:
    migrate = of_kind(manifests, "Job")["clinic-migrate"]
    assert migrate["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert migrate["spec"]["template"]["spec"]["containers"][0]["command"] == ["python", "-m", "records.migrate"]
    # A hook runs before everything else is there, so it may lean on nothing of the chart.
    assert all("emptyDir" in volume for volume in migrate["spec"]["template"]["spec"]["volumes"])
    (retain,) = of_kind(manifests, "CronJob").values()
    (container,) = retain["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["python", "-m", "frontdesk", "retain"]
    assert retain["spec"]["concurrencyPolicy"] == "Forbid"
