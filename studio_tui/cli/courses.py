"""`studio-tui courses`: runs of sessions that share one link and are booked as a whole (SPEC §1, L4)."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime

from studio_tui.cli import records
from studio_tui.cli.context import Context
from studio_tui.cli.documents import CourseDetailDocument, CourseDocument, EnrolmentDocument, NewCourseDocument
from studio_tui.cli.exits import Exit, UsageError
from studio_tui.cli.output import counted, facts, table
from studio_tui.cli.parsing import Parser, Verbs, add_details, minutes, with_times
from studio_tui.cli.times import parse_instant, show_instant
from studio_tui.domain.bookings import Enrolment
from studio_tui.domain.clash_words import clash_sentences
from studio_tui.domain.errors import NotFound
from studio_tui.domain.people import Client
from studio_tui.domain.recurrence import starts_of, weekly
from studio_tui.domain.sessions import Course
from studio_tui.domain.zones import to_wall, zone

_PRINTING = {
    "list": CourseDocument,
    "show": CourseDetailDocument,
    "new": NewCourseDocument,
    "enrol, leave": EnrolmentDocument,
}


def fill(parser: Parser, _noun: str) -> None:
    """Add the verbs."""
    verbs = Verbs(parser, printing=_PRINTING)
    verbs.add("list", _list, "the site's courses, by name")
    _add_course(verbs.add("show", _show, "one course and who is enrolled"))
    new = verbs.add("new", _new, "make a course with its sessions", more=with_times())
    new.add_argument("name", metavar="NAME")
    new.add_argument("--service", required=True, help="a course service: name or id")
    new.add_argument("--at", metavar="WHEN", required=True, action="append", help="a session's start; may be repeated")
    new.add_argument("--weekly", type=int, metavar="N", help="N sessions, week after week from the only --at on")
    new.add_argument("--minutes", type=minutes, metavar="N", help="length of each session (default: the service's)")
    new.add_argument("--staff", help="who leads it: name, login or id")
    new.add_argument("--room")
    new.add_argument("--capacity", type=int, metavar="N", help="places (default: the service's)")
    add_details(new)
    for name, run, summary in (
        ("enrol", _enrol, "give a client a place in every session of the course"),
        ("leave", _leave, "take a client's places in the course back"),
    ):
        verb = verbs.add(name, run, summary)
        _add_course(verb)
        verb.add_argument("client", metavar="CLIENT", help="id, address, or beginnings of the name's words")


def _add_course(verb: Parser) -> None:
    verb.add_argument("course", metavar="COURSE", help="name or id")


def _list(context: Context, _args: Namespace) -> int:
    catalogue = context.studio.catalogue
    courses = catalogue.courses(context.site.id)
    names = {service.id: service.name for service in catalogue.services(context.site.id)} if courses else {}
    rows = [(course.id, course.name, names.get(course.service_id, ""), course.own_link.say.value) for course in courses]
    context.out.give([records.of_course(course) for course in courses], table(("ID", "NAME", "SERVICE", "LINK"), rows))
    return Exit.OK


def _show(context: Context, args: Namespace) -> int:
    course = _find(context, args)
    service = context.studio.catalogue.service(course.service_id)
    enrolled = context.studio.booking.enrolments(course.id)
    document: CourseDetailDocument = {
        **records.of_course(course),
        "enrolments": [records.of_enrolment(each, client.name) for each, client in enrolled],
    }
    known = [("Course", f"{course.name} (#{course.id})"), ("Service", service.name), ("Enrolled", len(enrolled))]
    rows = [(client.id, client.name, show_instant(each.enrolled_at, context.zone)) for each, client in enrolled]
    context.out.give(document, [*facts(known), *table(("CLIENT", "NAME", "ENROLLED"), rows)])
    return Exit.OK


def _new(context: Context, args: Namespace) -> int:
    from studio_tui.usecases.scheduling import SessionDraft

    service = context.studio.catalogue.find_service(context.site.id, args.service)
    starts = _starts(context, args)
    draft = SessionDraft(
        site_id=context.site.id,
        service_id=service.id,
        starts_at=starts[0],
        staff_id=context.staff_id(args.staff),
        room=args.room or "",
        capacity=args.capacity,
        details=args.details or None,
    )
    length = service.duration if args.minutes is None else args.minutes
    course = context.studio.scheduling.create_course(context.actor, args.name, draft, starts, length)
    document: NewCourseDocument = {
        **records.of_course(course),
        "starts": [records.utc(start) for start in starts],
    }
    span = f"from {show_instant(starts[0], context.zone)} to {show_instant(starts[-1], context.zone)}"
    made = f"Course {course.id}, {course.name}, made with {counted(len(starts), 'session')}"
    context.out.give(document, [f"{made} {span}."])
    return Exit.OK


def _starts(context: Context, args: Namespace) -> list[datetime]:
    """The start of each session, soonest first."""
    typed = sorted({parse_instant(text, context.zone, context.now) for text in args.at})
    if args.weekly is None:
        return typed
    if len(typed) > 1:
        raise UsageError("--weekly goes with one --at only: the first session.")
    first = to_wall(typed[0], context.zone)
    rule = weekly([first.weekday()], count=args.weekly)
    return starts_of(rule, first.date(), first.time(), context.zone)


def _enrol(context: Context, args: Namespace) -> int:
    course, client = _find(context, args), context.client(args.client)
    clashes = context.studio.clashing.of_enrolment(context.actor, course.id, client.id)
    enrolment = context.studio.booking.enrol(context.actor, course.id, client.id)
    clock = zone(context.studio.catalogue.site(course.site_id).zone)
    for sentence in clash_sentences(clashes, clock):
        context.out.note(sentence)
    return _print(context, enrolment, client, f"{client.name} is enrolled in {course.name}.")


def _leave(context: Context, args: Namespace) -> int:
    course, client = _find(context, args), context.client(args.client)
    enrolled = {each.client_id: each for each, _ in context.studio.booking.enrolments(course.id)}
    if client.id not in enrolled:
        raise NotFound(f"{client.name} is not enrolled in {course.name}.")
    cancelled = context.studio.booking.cancel_enrolment(context.actor, enrolled[client.id].id)
    return _print(context, cancelled, client, f"{client.name} has left {course.name}.")


def _find(context: Context, args: Namespace) -> Course:
    return context.studio.catalogue.course(context.site.id, args.course)


def _print(context: Context, enrolment: Enrolment, client: Client, sentence: str) -> int:
    context.out.give(records.of_enrolment(enrolment, client.name), [sentence])
    return Exit.OK
