"""A TPM 2.0 in software (swtpm) behind a UNIX socket, for tests that seal keys to a machine."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

START_SECONDS = 5.0


class SoftTpm:
    """One machine: its own seeds and PCRs. A context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="tpm-"))  # a socket's path may have 107 letters only
        self._socket = self._folder / "s"

    @property
    def tcti(self) -> str:
        return f"swtpm:path={self._socket}"

    def __enter__(self) -> SoftTpm:
        command = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self._folder}"]
        command += ["--server", f"type=unixio,path={self._socket}", "--ctrl", f"type=unixio,path={self._socket}.ctrl"]
        # --daemon returns once it listens.
        command += ["--flags", "not-need-init,startup-clear", "--daemon", "--pid", f"file={self._folder}/pid"]
        subprocess.run(command, check=True, timeout=START_SECONDS, capture_output=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        if (self._folder / "pid").exists():
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(f"{self._socket}.ctrl")
                control.sendall((3).to_bytes(4, "big"))  # CMD_SHUTDOWN
                control.recv(4)
            (self._folder / "pid").unlink(missing_ok=True)

    def tool(self, *command: str) -> str:
        """Runs one of tpm2-tools on this TPM and returns its stdout."""
        environment = {"TPM2TOOLS_TCTI": self.tcti, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, timeout=10)
        return done.stdout

    def change_pcr_7(self) -> None:
        """What another Secure Boot key does to the measured boot."""
        self.tool("tpm2_pcrextend", f"7:sha256={'ab' * 32}")

    def clear(self) -> None:
        """New seeds, as after "clear TPM" in the firmware's menu."""
        self.tool("tpm2_clear")

    def occupy(self) -> socket.socket:
        """Hold its one connection until the result is closed."""
        holder = socket.socket(socket.AF_UNIX)
        holder.connect(str(self._socket))
        return holder
