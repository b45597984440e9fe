"""Looks through all lists of a service without a description for things of a run that are there after its removals.

An operation may make a thing that neither its path nor its answer tells of, and a thing may be removed at a path that
is not its own, where every DELETE is answered 404.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.engine.cloud.fields import texts as texts_in
from conformance.engine.cloud.guard import safe_in_path
from conformance.engine.cloud.holders import is_unique
from conformance.engine.cloud.listing import found_by_name, inferred, name_of
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.things import Thing

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Journal

_HOLDERS = {Role.ADMIN, Role.ALT}
"""The roles to which a request may have given a thing of the run, beside those that have made some."""


@dataclass(frozen=True)
class Listed:
    """A documented list.

    Attributes:
        collection: the path of the collection of its things.
        path: the path of the list.
        removable: whether a documented request removes one of the things.
    """

    collection: str
    path: str
    removable: bool = True


@dataclass(frozen=True)
class Shown:
    """The things of a run that the lists show after all of its things should be gone.

    Attributes:
        things: the things to remove, which are in the journal by now.
        told: a sentence for each thing that seems to be the run's, though nothing shows who made it.
    """

    things: tuple[Thing, ...] = ()
    told: tuple[str, ...] = ()


def survey(cloud: Cloud, journal: Journal, lists: Iterable[Listed]) -> Shown:
    """Look through lists for things of the run, of all its processes, that are not known to be there any more.

    A thing is the run's if the journal has its id, or if it bears a name of the run. One that names a thing of the run
    was made on the side of a request, and is removed: if that thing is gone and it belongs to a project of the run,
    since nobody else has a use for it; or if that thing is still there, which it may keep from going, and it belongs to
    a user of the run. What names a thing that is gone and belongs to others is told of.

    Args:
        cloud: the client.
        journal: the journal of the run.
        lists: the lists.
    """
    entries = journal.entries()
    makers = {Role(entry.intent.role) for entry in entries if entry.intent.role in set(Role)}
    roles = (makers | _HOLDERS if makers else makers) & cloud.roles
    known = {id_ for entry in entries for id_, _ in entry.left}
    gone = {id_ for entry in entries for id_ in entry.gone} - known
    removed, held = ({id_ for id_ in ids if is_unique(id_, journal)} for ids in (gone, known))
    users = {user for role in cloud.roles if (user := cloud.user_of(role))}
    owners = users | {project for role in cloud.roles if (project := cloud.project_of(role))}
    things: dict[str, Thing] = {}
    told: dict[str, str] = {}
    for role in sorted(roles):
        for listed in lists:
            kind = cloud.profile.kind_at(listed.collection)
            for one in inferred(cloud, kind, role, listed.path)[0]:
                id_ = str(one[kind.id_field])
                at = kind.path_of(id_)
                if id_ in known or at in things or at in told or not safe_in_path(id_):
                    continue
                name = name_of(one, kind)
                texts = set(texts_in(one)) - {id_}
                of = next(iter(sorted(texts & removed)), None)
                owned = id_ in removed
                on_the_side = of is not None and not owners.isdisjoint(texts)
                in_the_way = not texts.isdisjoint(held) and not users.isdisjoint(texts)
                ours = owned or on_the_side or in_the_way or found_by_name(kind, name, journal.prefixes)
                if ours and listed.removable:
                    journal.there(kind.name, id_, at, name=name, role=role)
                    things[at] = Thing(kind.name, id_, at, role)
                elif ours and not in_the_way:
                    told[at] = f"{kind.name} {id_}: the run made it, and no documented request removes it"
                elif of is not None and listed.removable:
                    why = f"it names {of}, which the run made, and nothing shows who made it"
                    told[at] = f"{kind.name} {id_}: {why}; if nobody else did, remove it with DELETE {at}"
    return Shown(tuple(things.values()), tuple(told.values()))
