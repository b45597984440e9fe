"""Elements that a lane makes in the workshop, and paths that it fills."""

from __future__ import annotations

from dataclasses import replace

from widgets import TOP
from workshop import MAKE

from conformance.engine.api.needs import ElementNeeded
from conformance.engine.cloud.journal import Journal


def produced(opened_shop, operation=MAKE, collection="/gears", name="gear_id", **fields):
    executor = opened_shop[1]
    producer = executor.context.producers.made_by(operation)
    return executor.paths.elements.produce(producer, collection, name, fields)


def own(opened_shop, operation, template="/gears", name="gear_id", **fields):
    known = opened_shop[1].context
    wanted = ElementNeeded.of(operation, template, name, known.service, known.producers)
    return opened_shop[1].paths.elements.own(replace(wanted, fields=fields), template, operation)


def entries(tmp_path):
    return Journal.read(tmp_path)


def fill(opened_shop, operation, role="member", **more):
    return opened_shop[1].paths.fill(operation, role, TOP, **more)
