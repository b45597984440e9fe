"""The report as a site: its pages, its pictures, its links, and the folder that it is written into."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_builder import info, mixed, record, result

from reports.commands import report
from reports.flow import flow
from reports.heat_map import codes_of, heat_map
from reports.site import site
from reports.site_folder import PAGES, write_site
from reports.state_graph import AROUND, state_graph
from reports.transitions import Transition, Transitions
from reports.view import view
from specs.record import RecordError, RecordWriter


def way(start, end, operation="x.go", verdict="pass", resource="server"):
    return Transition(resource, start, end, operation, f"{operation}/postcondition/{resource}-{end}", verdict)


def promised(start, expected, observed=None, verdict="pass", operation="x.go"):
    name = f"{operation}/postcondition/status"
    return result(name, verdict, detail=start, state=start, expected=expected, observed=observed or "-")


def collected(*results):
    found = Transitions()
    for one in results:
        found.add(one)
    return found.all()


def pages(*records, **more):
    return dict(site([view(one) for one in records], **more))


# --- transitions ---


def test_a_promised_status_is_a_way_from_the_status_before():
    ways = collected(promised("ACTIVE", "server becomes PAUSED", "PAUSED"), promised("PAUSED", "server becomes ACTIVE"))
    assert [(one.start, one.end, one.verdict) for one in ways["server"]] == [
        ("ACTIVE", "PAUSED", "pass"),
        ("PAUSED", "ACTIVE", "pass"),
    ]


def test_of_several_ends_the_seen_one_counts():
    ways = collected(
        promised("ACTIVE", "server becomes ACTIVE or SHUTOFF", "SHUTOFF"),
        promised("SHUTOFF", "server becomes ACTIVE or SHUTOFF", "ERROR", "fail"),
    )
    assert [one.end for one in ways["server"]] == ["SHUTOFF", "ACTIVE"]


def test_the_gravest_of_several_cases_is_the_verdict_of_a_way():
    ways = collected(
        promised("ACTIVE", "server becomes ACTIVE"), promised("ACTIVE", "server becomes ACTIVE", "ERROR", "fail")
    )
    assert [one.verdict for one in ways["server"]] == ["fail"]


def test_a_thing_that_only_comes_about_has_no_way_of_its_own():
    """The status before is that of the server, not of the image."""
    ways = collected(*(promised(state, "image becomes active", "active") for state in ("ACTIVE", "PAUSED")))
    assert ways == {}


def test_what_is_no_promised_status_is_no_way():
    assert collected(promised("ACTIVE", "afterwards the image is there"), result("x.go/normal/202")) == {}


# --- pictures ---


def parsed(picture):
    return ElementTree.fromstring(str(picture))


def test_a_graph_shows_each_status_once_and_each_pair_of_statuses_as_an_arrow():
    ways = [way("A", "B", "x.go"), way("A", "B", "x.run", "fail"), way("B", "A", "x.back"), way("B", "B", "x.stay")]
    picture = str(state_graph(ways))
    parsed(picture)
    assert picture.count('class="status"') == 2
    assert picture.count("<path d=") == 2
    assert 'class="way s-fail"' in picture, "the gravest verdict of an arrow is its colour"
    assert "A → B: x.run (fail)" in picture
    assert "↻ stay" in picture


def test_a_graph_of_nothing_and_a_graph_that_nobody_could_read_are_empty():
    assert state_graph([]) == ""
    assert state_graph([way("HUB", f"S{number}") for number in range(AROUND + 1)]) == ""


@given(
    st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1)), min_size=1, max_size=12),
)
def test_a_graph_of_any_names_is_well_formed(names):
    parsed(state_graph([way(start, end, f"x.{action}") for start, end, action in names]))


def test_a_heat_map_has_a_square_for_each_documented_code():
    shown = view(mixed())
    links = {one.id: f"{one.id}.html" for one in shown.operations}
    picture = str(heat_map(shown.operations, links))
    parsed(picture)
    assert picture.count("<a href=") == sum(len(codes_of(one)) for one in shown.operations)
    assert "servers-actions.lock: 202 fail" in picture
    assert "servers-actions.rebuild: 501 no case" in picture


def test_a_heat_map_without_codes_is_empty():
    assert heat_map(view(record(result("x.go/list/limit"))).operations, {"x.go": "x.html"}) == ""


def test_bands_hold_all_requirements():
    picture = str(flow({"a": "pass", "b": "pass", "c": "fail"}, {"a": "pass", "b": "fail", "d": "pass"}))
    parsed(picture)
    titles = re.findall(r"<title>(\d+): (.+?)</title>", picture)
    assert sorted(titles) == [
        ("1", "fail before, not in this run now"),
        ("1", "not in this run before, pass now"),
        ("1", "pass before, fail now"),
        ("1", "pass before, pass now"),
    ]
    assert flow({}, {}) == ""


# --- pages ---


def test_a_site_has_a_page_for_each_service_and_operation():
    made = pages(mixed())
    assert list(made)[:2] == ["index.html", "compute/index.html"]
    assert {"compute/servers-actions.lock.html", "compute/servers-actions.rebuild.html"} <= made.keys()


def test_the_requirements_of_an_operation_stand_in_one_group_which_a_filter_hides_at_once():
    operations = ("a.b", "a.c")
    whole = record(
        *(result(f"{name}/normal/200") for name in operations), *(result(f"{name}/error/404") for name in operations)
    )
    page = pages(whole)["compute/index.html"]
    groups = re.findall(r"<ul class=\"rows\">(.*?)</ul>", page.partition('id="reqs"')[2], re.DOTALL)
    shown = [re.findall(r"<a [^>]*>([^<]*)</a>", group) for group in groups]
    assert shown == [[f"{name}/normal/200", f"{name}/error/404"] for name in operations]
    assert "content-visibility: auto" in page


def test_every_link_within_a_site_leads_somewhere():
    made = pages(mixed(), record(result("volumes.show/normal/200"), spec={"service": "block-storage"}))
    assert "block-storage/volumes.show.html" in made
    for name, text in made.items():
        folder = name.rpartition("/")[0]
        for link in re.findall(r'href="([^"]+)"', text):
            target, _, anchor = link.partition("#")
            if target.startswith("http"):
                continue
            path = f"{folder}/{target}".lstrip("/") if target else name
            path = re.sub(r"[^/]+/\.\./", "", path)
            assert path in made, f"{name}: {link}"
            assert not anchor or f'id="{anchor}"' in made[path], f"{name}: {link}"


def test_two_operations_whose_names_differ_in_case_have_two_pages():
    made = pages(record(result("x.createImage/normal/202"), result("x.createimage/normal/202")))
    assert {"compute/x.createImage.html", "compute/x.createimage_2.html"} <= made.keys()


def test_an_operation_named_like_the_first_page_does_not_replace_it():
    made = pages(record(result("index/normal/200")))
    assert "compute/index_2.html" in made


def test_a_deviation_is_shown_on_the_page_of_its_operation_only():
    made = pages(mixed())
    assert "precondition/status" in made["compute/servers-actions.rebuild.html"]
    assert "Broken promises" in made["compute/servers-actions.rebuild.html"]
    assert "Broken promises" not in made["compute/servers-actions.pause.html"]


def test_hostile_text_stays_text_on_every_page():
    bad = "<script>alert(1)</script>\x1b[31m\u202e"
    head = {"spec": {"service": bad, "package": bad, "version": bad}, "endpoint": {"url": bad, "release": bad}}
    made = pages(
        record(promised("ACTIVE", f"server becomes {bad}", bad), result("x.y/error/404", "fail", observed=bad), **head)
    )
    for name, text in made.items():
        assert re.fullmatch(r"[A-Za-z0-9._~/-]+", name)
        assert "<script>alert" not in text
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", text)


def test_a_site_against_a_baseline_shows_both():
    now, before = view(mixed()), view(record(result("servers-actions.lock/normal/202")))
    made = dict(site([now], before))
    assert "Against the baseline" in made["compute/index.html"]
    assert 'class="flow"' in made["compute/index.html"]


# --- the folder ---


def test_a_later_site_replaces_its_pages_and_nothing_else(tmp_path):
    folder = tmp_path / "site"
    write_site(folder, [("index.html", "1"), ("a/old.html", "2")])
    (folder / "mine.txt").write_text("keep", "utf-8")
    assert write_site(folder, [("index.html", "3"), ("a/new.html", "4")]) == folder / "index.html"
    found = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert found == {"index.html", "a/new.html", "mine.txt", PAGES}
    assert (folder / "index.html").read_text("utf-8") == "3"


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.html").write_text("years of work", "utf-8")
    with pytest.raises(RecordError, match="are no site of this program: name a new or an empty folder"):
        write_site(tmp_path, [("index.html", "")])
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.html"]


def test_a_changed_list_of_pages_leads_nowhere_else(tmp_path):
    folder = tmp_path / "site"
    write_site(folder, [("index.html", "")])
    (tmp_path / "other.html").write_text("", "utf-8")
    (folder / PAGES).write_text('["../other.html", "index.html", 7]', "utf-8")
    write_site(folder, [("first.html", "")])
    assert (tmp_path / "other.html").exists()


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(RecordError, match="file"):
        write_site(tmp_path / "file" / "site", [("index.html", "")])


def test_the_command_writes_a_site(tmp_path):
    with RecordWriter(tmp_path / "run") as writer:
        writer.start(info())
        writer.add(result("x.go/normal/202"))
    done = report([tmp_path / "run"], site=tmp_path / "site")
    assert done.written == (tmp_path / "site" / "index.html",)
