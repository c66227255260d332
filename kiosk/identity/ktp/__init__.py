"""The e-KTP before the camera: when to take a picture, what stands on the card, and whether to believe it.

``guide``       ``Guide(x, y, w, h)``, the rectangle on the screen in shares of the picture; ``GUIDE`` is that of a
                1280x720 picture, ``guide_for(width, height)`` of any other, ``WHOLE`` for a bare card.
``gate``        ``CardGate(settings).look(picture, at) -> GateView(hint, ready, sharpness)``: every frame, no OCR.
``engine``      ``open_ktp_engine(settings) -> KtpEngine``; ``load()``, ``read_nik(picture, guide) -> NikReading``,
                ``read_fields(picture, guide, begun=None) -> CardFields``, ``read(picture, guide) -> KtpFrame``.
``reading``     ``NikReading(full, strip, birth_date, sex, seconds)``: two readings of the number, and the printed date
                and sex that it must agree with; ``KtpFrame(nik, fields, place, background, fields_seconds)``.
``fields``      ``CardFields`` (nik, nama, tempat_lahir, tanggal_lahir: date | None, jenis_kelamin, gol_darah, alamat,
                rt_rw, kel_desa, kecamatan, agama, status_perkawinan, pekerjaan, kewarganegaraan; str, empty where it
                was not read); ``facts_of(fields, nik) -> PersonFacts``.
``rule``        ``CardVote(settings.ktp).add(frame) -> KtpDecision(verdict, nik, fields)``.
``portrait``    ``portrait_of(picture, place, find_face) -> Portrait(pixels, face_px) | None``: advisory.
``background``  ``background_of(picture, place) -> Background | None``: RED, BLUE, ORANGE; a hint.

Pictures are uint8 (h, w, 3) BGR. ``place`` is where the card lies in the picture (``CardPlace.to_picture`` takes
points in shares of the card, 0..1, to pixels), None when its labels were not found. ``read_nik`` is fast and enough
for the vote; ``read_fields`` takes the ``NikReading`` of the same picture as ``begun`` and then detects nothing again.
Nothing here keeps a picture or a text between two calls; both live as long as the caller's reference.
"""
