"""Camera, scanner, printer, panel."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kiosk.config.section import Section


class CameraSettings(Section):
    kind: Literal["auto", "v4l2", "video", "simulated"] = Field(
        "auto", description="auto: the real camera where one is found, else the simulated person (DEMO)."
    )
    device: str = Field("", description="V4L2 device path or video file; empty: first found. Not read with a pin.")
    bus_path: str = Field(
        "",
        pattern=r"^([0-9A-Za-z][0-9A-Za-z._:-]{0,63})?$",
        description="Only the camera at this place of the bus, e.g. 1-2:1.0; empty: not pinned.",
    )
    vid_pid: str = Field(
        "",
        pattern=r"^([0-9a-f]{4}:[0-9a-f]{4})?$",
        description="Only the camera of this USB id, e.g. 046d:0825; empty: not pinned.",
    )
    width: int = Field(1280, ge=320, le=3840, description="Picture width, px.")
    height: int = Field(720, ge=240, le=2160, description="Picture height, px.")
    fps: int = Field(30, ge=5, le=60, description="Frames a second asked of the camera.")
    simulated_fps: int = Field(
        15, ge=5, le=30, description="Frames a second of the simulated person (12 to 17 ms of CPU a frame at 1280x720)."
    )


class ScannerSettings(Section):
    kind: Literal["auto", "none", "serial", "keyboard", "simulated"] = Field(
        "auto",
        description="auto: by the device where one is named, simulated with the demo's centre, none otherwise.",
    )
    device: str = Field(
        "",
        description="Serial line of the code scanner, e.g. /dev/ttyACM0, or its keyboard, e.g. /dev/input/by-id/...",
    )
    baud: int = Field(9600, ge=1200, le=921600, description="Speed of the serial line, bit/s.")


class PrinterSettings(Section):
    kind: Literal["auto", "none", "network", "usb", "simulated"] = Field(
        "auto",
        description="auto: simulated with the demo centre, none otherwise. Receipts are a help, never a condition.",
    )
    host: str = Field("", description="Host or address of a network printer.")
    port: int = Field(9100, ge=1, le=65535, description="Raw printing port (JetDirect).")
    device: Path = Field(Path("/dev/usb/lp0"), description="Device file of a USB printer (kernel usblp).")
    timeout_seconds: float = Field(2.0, gt=0, le=10, description="Limit of connecting and of one answer, s.")


class ScreenSettings(Section):
    width: int = Field(1080, description="Panel width, px.")
    height: int = Field(1920, description="Panel height, px.")
    diagonal_inch: float = Field(24.0, description="Panel diagonal; touch targets are >= 20 mm.")
    full_screen: bool = Field(True, description="Fill the panel; off: a window with a dock (demo).")
