"""Turns the files of a service's description into the classes of the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from conformance.engine.api.description import FORMAT, Description, read_folder, services
from conformance.engine.api.entries import (
    ActionLog,
    BindingRule,
    Byproduct,
    EffectRule,
    Environment,
    Fault,
    ListRule,
    Naming,
    OptionalParts,
    Part,
    QueryField,
    Refusal,
    Showing,
    Stock,
    Transition,
    ValueRule,
)
from conformance.engine.api.given import Attachment, Everywhere, GivenKind, RelatedStatus, ShownValue
from conformance.engine.api.grouped import each, kinds_of, limits_of, parts_of
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.stateful import StatefulResource
from conformance.engine.api.strictness import check_against, validate
from conformance.engine.api.structured import structured
from conformance.engine.api.structured import value as _value
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.profile import Profile
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Step
from specs.microversion import Microversion
from specs.model import Spec

GIVEN = ("unknown", "plain", "shown_values", "made_up", "made_as")
"""The keys of a kind that name the source of its values; the client uses the other keys."""


def _binding(entry: Mapping[str, Any]) -> Any:
    return _value(entry if "resource" in entry else entry["value"])


def _step(entry: Mapping[str, Any]) -> Step:
    shown = entry.get("shown_by", ""), entry.get("seen_by", "")
    path = _value(entry.get("path", {}))
    return Step(entry["step"], _value(entry.get("fields", {})), *shown, entry.get("lasts", False), path)


def _steps(entries: list[Mapping[str, Any]]) -> tuple[tuple[str, Step], ...]:
    return tuple((e["operation"], _step(e)) for e in entries)


def _refusal(entry: Mapping[str, Any]) -> Refusal:
    return Refusal(
        entry["operation"],
        entry["code"],
        entry["name"],
        entry.get("parameter"),
        _binding(entry) if "parameter" in entry else None,
        entry.get("role"),
        tuple(_step(step) for step in entry.get("steps", ())),
        entry.get("cause", ""),
        tuple(entry.get("query", {}).items()),
    )


def _showing(entry: Mapping[str, Any]) -> Showing:
    return Showing(
        entry["operation"],
        entry["fields"],
        tuple(entry.get("existing", ())),
        tuple(map(_step, entry.get("steps", ()))),
        tuple(entry.get("query", {}).items()),
        bool(entry.get("needs_resource")),
        entry.get("role"),
    )


def _effect(entry: Mapping[str, Any]) -> EffectRule:
    return EffectRule(
        entry["resource"],
        tuple(entry["effects"]),
        entry["path"],
        tuple(entry["resource_field"].split(".")),
        tuple((name, _value(value)) for name, value in entry.get("query", {}).items()),
        entry.get("max_microversion"),
    )


def _value_rule(entry: Mapping[str, Any]) -> ValueRule:
    return ValueRule(
        entry["operation"],
        entry["parameter"],
        str(entry.get("value", "*")),
        _value(entry.get("together_with", {})),
        bool(entry.get("by_provider_choice")),
        entry.get("reason"),
        entry.get("explanation", ""),
    )


def _stock(name: str, entry: Mapping[str, Any]) -> Stock:
    fields = tuple(
        (f["name"], f.get("min_microversion"), tuple(map(_value, f["values"]))) for f in entry.get("fields", ())
    )
    shown_in, statuses = tuple(entry["shown_in"]), tuple(entry.get("statuses", ()))
    apart = _value(entry.get("apart", {}))
    return Stock(name, entry.get("factory"), shown_in, entry.get("isolated_by"), fields, statuses, apart)


@cache
def _read(service: str) -> Description:
    folder = services().get(service)
    return Description({FORMAT: 1}) if folder is None else read_folder(folder)


@cache
def load_service(service: str) -> ServiceDescription:
    """The description of a service; an empty one for a service without a folder.

    Raises:
        DescriptionError: the description that comes with this suite is broken.
    """
    return replace(understood(_read(service), service), described=service in services())


@cache
def packages() -> tuple[str, ...]:
    """The distributions with the references of all described services."""
    written_for = (_read(service).data.get("reference") for service in sorted(services()))
    return tuple(reference["package"] for reference in written_for if reference)


def check_service(service: str, specs: Iterable[Spec], whole: bool) -> tuple[str, ...]:
    """Check the description of a service, by itself and against specs of the service. See ``check_against``."""
    load_service(service)
    return check_against(_read(service), specs, whole)


def understood(description: Description, service: str = "") -> ServiceDescription:
    """The content of the files of a description.

    Args:
        description: the description to turn.
        service: the type of the service in the catalogue.

    Raises:
        DescriptionError: the files contain an unknown section, key or word.
    """
    validate(description)
    read = description.data
    lists: dict[str, list[Any]] = defaultdict(list, {k: [*each(v)] for k, v in read.items() if isinstance(v, list)})
    maps: dict[str, dict[str, Any]] = defaultdict(dict, {k: v for k, v in read.items() if isinstance(v, dict)})
    profile = _profile(service, read)
    return ServiceDescription(
        resources=tuple(_resource(name, entry) for name, entry in maps["resources"].items()),
        kinds={name: structured(_part(entry, GIVEN), GivenKind) for name, entry in kinds_of(read).items()},
        tried_last=tuple(lists["tried_last"]),
        bindings=tuple(BindingRule(b["operation"], b["parameter"], _binding(b)) for b in lists["bindings"]),
        profile=profile,
        project_id=structured(read["project_id"], ShownValue) if "project_id" in read else None,
        password_form=read.get("password_form", "{token}"),
        related_statuses=structured(maps["related_statuses"], dict[str, RelatedStatus]),
        field_prefixes=tuple(lists["field_prefixes"]),
        refusals=tuple(map(_refusal, lists["refusals"])),
        placeholder_values={name: _value(value) for name, value in maps["placeholder_values"].items()},
        made_by_factory=dict(maps["made_by_factory"]),
        usable_elements=tuple(_usable(entry) for entry in lists["usable_elements"]),
        without_token=tuple(lists["without_token"]),
        untestable=dict(maps["untestable"]),
        contents=tuple(
            (c["operation"], c["media_type"], _value(c["body"]) if "body" in c else ABSENT) for c in lists["contents"]
        ),
        always_included=tuple((i["operation"], i["parameter"]) for i in lists["always_included"]),
        elements_made_with=tuple(
            (m["operation"], m["collection"], _value(m["fields"])) for m in lists["elements_made_with"]
        ),
        steps_before=_steps(lists["steps_before"]),
        steps_after=_steps(lists["steps_after"]),
        before_refusal=_steps(lists["before_refusal"]),
        undo_refused=_steps(lists["undo_refused"]),
        quotas={resource: _step(step) for resource, step in maps["quotas"].items()},
        run_exclusively=tuple(lists["run_exclusively"]),
        also_by_administrators=tuple(lists["also_by_administrators"]),
        environment_satisfied=tuple(lists["environment_satisfied"]),
        user_owned=tuple(lists["user_owned"]),
        placeholder_sources={entry["placeholder"]: _naming(entry) for entry in lists["placeholder_sources"]},
        preconditions_to_show=tuple(map(_showing, lists["preconditions_to_show"])),
        value_rules=tuple(map(_value_rule, lists["value_rules"])),
        by_provider_choice=tuple(lists["by_provider_choice"]),
        sandbox_only=tuple(lists["sandbox_only"]),
        required_together=tuple(
            (c["operation"], c["parameter"], n) for c in lists["required_together"] for n in c["needs"]
        ),
        required_queries=tuple((q["operation"], q["parameter"], _binding(q)) for q in lists["required_queries"]),
        made_for_lists=tuple(_stock(name, entry) for name, entry in maps["made_for_lists"].items()),
        list_rules=tuple(map(_list_rule, lists["list_rules"])),
        understood_queries=tuple(lists["understood_queries"]),
        query_fields={name: _query_field(entry) for name, entry in maps["query_fields"].items()},
        marker_fields=dict(maps["marker_fields"]),
        field_choice=read.get("field_choice"),
        project_field=read.get("project_field"),
        also_creates=tuple((c["operation"], c["resource"], c["name_field"]) for c in lists["also_creates"]),
        first_microversion=Microversion.parse(read.get("first_microversion", "1.0")),
        error_body=_fault(read.get("error_body")),
        optional_parts=_parts(maps["optional_parts"]),
        root_is_operation=bool(read.get("root_is_operation")),
        always_made=bool(read.get("always_made")),
        unknown_id_path=read.get("unknown_id_path"),
        every_operation=structured(lists["every_operation"], tuple[Everywhere, ...]),
        producers={
            at: e if isinstance(e, str) else (e["operation"], e["id_field"]) for at, e in maps["producers"].items()
        },
        effects=tuple(map(_effect, lists["effects"])),
        chosen_keys=tuple((k["operation"], k["place"], _value(k["key"])) for k in lists["chosen_keys"]),
        not_returned=tuple((e["operation"], e["parameter"], e["reason"]) for e in lists["not_returned"]),
        returned_under=tuple((e["operation"], e["parameter"], tuple(e["keys"])) for e in lists["returned_under"]),
        unseen=tuple((entry["breakage"], entry["reason"]) for entry in lists["unseen"]),
    )


def _resource(kind: str, entry: Mapping[str, Any]) -> StatefulResource:
    lock = entry.get("lock", {})
    return StatefulResource(
        kind=kind,
        identifier=entry.get("identifier", f"{kind}_id"),
        role=Role(entry.get("role", "member")),
        initial_status=entry.get("initial_status", entry["stable_statuses"][0]),
        stable_statuses=tuple(entry["stable_statuses"]),
        optional_statuses=tuple(entry.get("optional_statuses", ())),
        lasting_fields=tuple(entry.get("lasting_fields", ())),
        long_operations=frozenset(entry.get("long_operations", ())),
        statuses_to_try=_tried_in(entry),
        set_statuses=tuple(entry.get("set_statuses", ())),
        statuses_to_show=tuple(entry.get("statuses_to_show", ())),
        lacking={thing: tuple(statuses) for thing, statuses in entry.get("lacking", {}).items()},
        transitions=tuple(way for one in entry.get("transitions", ()) for way in _transitions(one)),
        lock=lock.get("set", ""),
        unlock=lock.get("unset", ""),
        lock_shown_by=lock.get("shown_by", ""),
        brought_back={operation: tuple(fields) for operation, fields in entry.get("brought_back", {}).items()},
        under_way={status: tuple(map(_step, steps)) for status, steps in entry.get("under_way", {}).items()},
        spared={status: tuple(operations) for status, operations in entry.get("spared", {}).items()},
        action_log=_actions(entry.get("action_log", {})),
        usual_environments=tuple(entry.get("usual_environments", ())),
        environments={name: _environment(one) for name, one in entry.get("environments", {}).items()},
        attached_by=structured(entry.get("attached_by", {}), dict[str, Attachment]),
        byproducts=tuple(map(_byproduct, entry.get("byproducts", ()))),
    )


def _tried_in(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The statuses in which operations are tried: as described, or those from which alone a described way begins."""
    sources: dict[str, dict[str, None]] = {}
    for way in entry.get("transitions", ()):
        sources.setdefault(way["operation"], {}).update(dict.fromkeys(way["from"]))
    initial = entry.get("initial_status", entry["stable_statuses"][0])
    found = {operation: tuple(statuses) for operation, statuses in sources.items() if initial not in statuses}
    return found | {operation: tuple(statuses) for operation, statuses in entry.get("statuses_to_try", {}).items()}


def _transitions(entry: Mapping[str, Any]) -> Iterator[Transition]:
    for source in entry["from"]:
        request = tuple(entry.get("request", {}).items())
        yield Transition(entry["operation"], source, entry["to"], entry.get("role", "member"), request)


def _naming(entry: Mapping[str, Any]) -> Naming:
    return Naming(
        tuple(map(_step, entry["steps"])),
        tuple(entry["field"].split(".")) if "field" in entry else None,
        entry.get("pattern", "(.+)"),
        entry.get("min_microversion"),
        tuple(entry.get("statuses", ())),
        tuple(map(_step, entry.get("end_steps", ()))),
    )


def _usable(entry: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    return entry.get("operation", "*"), entry["collection"], entry["fields"]


def _list_rule(entry: Mapping[str, Any]) -> ListRule:
    query = tuple(entry.get("query", {}).items())
    return ListRule(
        entry["operation"], tuple(entry["parameters"]), entry.get("role"), query, entry.get("max_microversion")
    )


def _query_field(entry: Mapping[str, Any]) -> QueryField:
    where = tuple(entry.get("where", {}).items())
    return QueryField(entry["field"], entry.get("part"), where, bool(entry.get("exact")))


def _environment(entry: Mapping[str, Any]) -> Environment:
    return Environment(tuple(entry["words"]), entry["factory_arguments"], entry["shown_by"])


def _byproduct(entry: Mapping[str, Any]) -> Byproduct:
    return Byproduct(
        entry["resource"], entry["kind"], entry["source_field"], entry["attached_field"], tuple(entry["existing"])
    )


def _parts(entry: Mapping[str, Any]) -> OptionalParts:
    if not entry:
        return OptionalParts()
    parts = (
        Part(p["part"], tuple(p.get("operations", ())), tuple(p.get("fields", ())), tuple(p.get("within", ("*",))))
        for p in parts_of(entry)
    )
    key = entry.get("key", entry["path"].rpartition("/")[2].replace("-", "_"))
    return OptionalParts(entry["path"], key, entry.get("name_field", "name"), tuple(parts))


def _part(entry: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: entry[key] for key in keys if key in entry}


def _profile(service: str, read: Mapping[str, Any]) -> Profile:
    """Return the profile: the facts about the service that the client needs."""
    kinds = kinds_of(read)
    beyond = {"found", *GIVEN}
    things = {n: {"name": n, **{k: v for k, v in entry.items() if k not in beyond}} for n, entry in kinds.items()}
    removal = read.get("removal", {})
    given = {
        "type": service,
        "kinds": things,
        "watched": list(read.get("resources", ())),
        "removal_order": removal.get("order", []),
        "removed_at_highest": removal.get("at_highest_microversion", True),
        "discovery": {name: entry["found"] for name, entry in kinds.items() if "found" in entry},
        **_part(read, ("versions", "guard", "token_check", "shared", "missing_parts")),
    }
    if "project_limits" in read:
        given["room"] = limits_of(read["project_limits"])
    return structured(given, Profile)


def _actions(entry: Mapping[str, Any]) -> ActionLog:
    if not entry:
        return ActionLog()
    return ActionLog(
        entry["list_operation"],
        entry["show_operation"],
        entry["steps_field"],
        entry["finished_field"],
        entry["name_field"],
        entry["user_field"],
        entry["failure_field"],
        entry.get("name_header", ""),
    )


def _fault(entry: Mapping[str, Any] | None) -> Fault:
    if entry is None:
        return Fault()
    fields, others = tuple(entry.get("required_fields", ())), tuple(entry.get("except", ()))
    return Fault(entry.get("list_key"), entry.get("code_field"), fields, others)
