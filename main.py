#!/usr/bin/env python3
"""Composition root and commands: the only place that knows every room.

Imports are lazy, so that each command loads only what it needs and the first picture comes early.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.command_line import fail, parser
from kiosk.commands import cmd_eval, cmd_ikd, cmd_receipt, cmd_settings, cmd_weights
from kiosk.config import Settings
from kiosk.runtime.clock import SystemClock, today_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from db.central.central_jobs import Collaborators
    from db.central.demo_process import DemoCentreProcess
    from db.local.assembly import LocalParts
    from kiosk.gateways.demo_services import DemoServices
    from kiosk.health.doctor import Probe
    from kiosk.ports import Clock
    from kiosk.runtime.demo_control import DemoControl
    from kiosk.runtime.power import Connection, Power
    from kiosk.runtime.unit import KioskUnit
    from ui.app import KioskWindow

    Demo = tuple[DemoCentreProcess, DemoServices]

ROOT = Path(__file__).resolve().parent
SOFTWARE = "0.1.0"


def make_kiosk(settings: Settings) -> KioskUnit:
    """One kiosk: the door stands first, every other room's part, real or simulated, follows on a thread."""
    from kiosk.runtime.unit import KioskUnit

    if not settings.demo:
        return KioskUnit(settings, SystemClock(), None, build)
    from db.central.demo_staff import STAFF
    from kiosk.runtime.demo_clock import DemoClock
    from kiosk.runtime.demo_control import DemoControl

    clock, simulation = DemoClock(), DemoControl()
    simulation.attach_clock(clock)
    simulation.attach_staff(STAFF)
    return KioskUnit(settings, clock, simulation, build)


def make_window(kiosk: KioskUnit, dock: bool) -> KioskWindow:
    from db.central.demo_people import KNOWN
    from ui.app import assemble

    return assemble(kiosk.door, kiosk.settings, kiosk.simulation if dock else None, KNOWN, kiosk.clock.monotonic)


def build(kiosk: KioskUnit) -> tuple[Power, Mapping[str, Probe]]:
    settings, clock, simulation = kiosk.settings, kiosk.clock, kiosk.simulation
    demo = _start_demo_centre(simulation) if simulation is not None else None
    import db.local.assembly
    import db.local.health
    import hardware.camera
    import hardware.scanner
    from hardware.printer.late import LatePrinter
    from kiosk.face.seal import Sealer
    from kiosk.runtime.assemble import Rooms, assemble
    from kiosk.runtime.digital_id import pinned_keys
    from kiosk.runtime.receipt_proof import ReceiptProof
    from ui.receipt import receipt_text

    local = db.local.assembly.assemble(settings, clock)
    camera, camera_levers = hardware.camera.assemble(settings)
    scanner, scanner_levers = hardware.scanner.assemble(settings)
    if simulation is not None:
        simulation.attach_devices(camera_levers, scanner_levers)
    proof = ReceiptProof(settings.site.kiosk_id, local.signer, local.store.last_link)
    rooms = Rooms(
        software=SOFTWARE,
        clock=clock,
        store=local.store,
        store_health=lambda: db.local.health.store_health(local),
        capture=hardware.camera.CaptureService(camera, kiosk.door.frames),
        camera=lambda: camera.identity,
        sealer=Sealer(settings.site.kiosk_id, local.signer.public_key, local.signer.sign),
        ikd_keys=demo[1].issuer.pinned_keys() if demo else pinned_keys(settings.ikd),
        scanner=lambda deliver: hardware.scanner.ScanService(scanner, deliver) if scanner else None,
        printer=LatePrinter(settings),
        receipt_text=lambda effect: receipt_text(effect, settings, today_in(settings.site.timezone), proof.code),
        connect=lambda: _connect(settings, local, clock, demo),
        store_trouble=lambda: local.store.trouble,
    )
    return assemble(settings, rooms, kiosk.door, kiosk.report)


def _connect(settings: Settings, local: LocalParts, clock: Clock, demo: Demo | None) -> Connection:
    from db.central.client import CentreClient
    from db.central.staff_client import StaffClient
    from db.local.health import certificate_detail
    from db.sync.agreement import Disagreement
    from db.sync.worker import SyncService
    from kiosk.runtime.power import Connection

    dsn = demo[0].enrol(local.signer.public_key) if demo else local.identity.login_dsn(settings.centre.dsn)
    client, link = (CentreClient(dsn, settings.centre) for _ in range(2))  # a long sync delays no visit
    sync = SyncService(local.store, link, settings.centre, clock)
    desk = StaffClient(dsn, settings.centre, settings.site.kiosk_id, local.signer.sign, client.box_public_key)
    return Connection(
        centre=client,
        desk=desk,
        fetch_key=client.box_public_key,
        sync=sync,
        report=demo[0].report if demo else None,
        reset=demo[0].reset if demo else None,
        close=[client.close, link.close, desk.close, *(part.stop for part in demo or ())],
        chain_broken=lambda fault: fault in set(Disagreement),
        heartbeat=client.heartbeat,
        certificate=lambda: {} if demo else certificate_detail(local.identity.ends, clock.now(), sync.clock_offset),
    )


def _start_demo_centre(simulation: DemoControl) -> Demo:
    """The demo's outside services, and its centre in a process of its own that starts while we load."""
    from db.central.demo_people import IN_IKD
    from db.central.demo_process import DemoCentreProcess
    from kiosk.gateways.demo_services import start_services

    services = start_services(IN_IKD)
    simulation.attach_phone(services.smsc.messages)
    simulation.attach_ikd(services.issuer)
    command = [sys.executable, str(ROOT / "main.py"), "central", "demo"]
    centre = DemoCentreProcess(command, lambda said: print(f"{said} ..", flush=True), services.environment)
    centre.start()
    simulation.attach_centre(centre.link)
    return centre, services


@contextmanager
def centre_parts(settings: Settings, demo: bool) -> Iterator[Collaborators]:
    """What the centre's jobs need of other rooms."""
    from db.central.central_jobs import Collaborators
    from db.central.connector import Messages
    from db.central.deferred_job import DeferredParts, DeferredWords
    from hardware.late_photo import reference_photo
    from kiosk.face.centre_check import centre_check
    from kiosk.face.deferred_match import capture_parts
    from kiosk.gateways.centre_services import centre_services
    from ui.login_page import login_page
    from ui.sms import code_text, deferred_texts, expired_text, verified_text

    words = Messages(code=lambda code: code_text(settings, code), verified=lambda: verified_text(settings))
    news = DeferredWords(*deferred_texts(settings), lambda: expired_text(settings))
    deferred = DeferredParts(*capture_parts(settings), news)
    with centre_services(settings, demo, lambda waited: login_page(settings, waited)) as (sms, issuer, edge):
        yield Collaborators(reference_photo, sms.send, words, centre_check(settings), issuer, edge, deferred)


# ---------------------------------------------------------------- commands


def cmd_run(args: argparse.Namespace) -> int:
    """the kiosk with a window; without a display, one visit that drives itself"""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        folder = ROOT / "build" / "visit"
        args.scenario, args.all, args.headless, args.timings = "happy", False, True, None
        args.json, args.shots = folder / "result.json", folder
        return cmd_visit(args)
    from ui.app import run_until_closed

    kiosk = make_kiosk(Settings())
    window = make_window(kiosk, dock=True)
    window.on_first_picture(lambda _: kiosk.start())
    window.show()
    if kiosk.simulation is not None:
        kiosk.simulation.cooperate(kiosk.door.face_progress)
    code = run_until_closed(window)
    kiosk.stop()
    return code


def cmd_visit(args: argparse.Namespace) -> int:
    """one visit that drives itself through real clicks; exit 0 when it ended as it should"""
    if args.headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if not (settings := Settings()).demo:
        return fail("scenarios and pictures exist in DEMO only; this kiosk has a real centre")
    from db.central.demo_people import MAIN
    from ui.self_drive import run_visits

    kiosk = make_kiosk(settings.with_simulated_devices())
    return run_visits(kiosk, make_window(kiosk, dock=False), MAIN, args)


def cmd_central(args: argparse.Namespace) -> int:
    """the centre: its set-up, its kiosks' certificates, its jobs; a demo's with invented participants"""
    from db.central.central_command import run_central

    return run_central(args, Settings(), centre_parts)


def cmd_kiosk(args: argparse.Namespace) -> int:
    """this kiosk: its enrolment at a centre, the protection of its keys, its end"""
    from db.local.enrol_command import run_kiosk

    return run_kiosk(args, Settings(), SystemClock())


def cmd_doctor(args: argparse.Namespace) -> int:
    """every part with state, version and last fault"""
    from kiosk.health.doctor import run_doctor

    kiosk = make_kiosk(Settings())
    kiosk.start()
    code = run_doctor(kiosk.probes(), args.json)
    kiosk.stop()
    return code


def cmd_screens(args: argparse.Namespace) -> int:
    """every screen in every language, size, contrast and text size, with its checks"""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.gallery import run_gallery

    return run_gallery(Settings(), args.out or ROOT / "build" / "screens")


def cmd_staff(args: argparse.Namespace) -> int:
    """the centre's staff: add, reset, list, disable, unlock"""
    from db.central.staff_command import run_staff
    from kiosk.credentials.pin_policy import PinFacts, check_pin

    facts = PinFacts(nik=getattr(args, "nik", None) or "")
    return run_staff(args, Settings(), lambda pin: check_pin(pin, facts))


COMMANDS = (
    cmd_run, cmd_visit, cmd_eval, cmd_doctor, cmd_weights, cmd_settings, cmd_screens, cmd_central, cmd_kiosk,
    cmd_staff, cmd_ikd, cmd_receipt,
)  # fmt: skip

if __name__ == "__main__":
    arguments = parser(COMMANDS).parse_args()
    sys.exit(arguments.command(arguments))
