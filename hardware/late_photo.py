"""The simulated participant's photo on record, drawn when it is asked for."""


def reference_photo() -> bytes:
    """Only a demo made anew asks: at every other start of its centre the camera's modules need not load (0.07 s)."""
    from hardware.camera.simulated.reference import reference_photo as drawn  # noqa: PLC0415

    return drawn()
