"""Cut a JPEG down to its picture, so that no metadata reaches a client; reads segments, decodes nothing."""

_KEPT = {0xE0, 0xEE}  # JFIF, and Adobe's colour transform without which CMYK and RGB files turn false


def without_metadata(content: bytes) -> bytes:
    """Drop comments, EXIF, GPS, XMP and colour profiles of a JPEG; ValueError if it is none or is cut off."""
    if not content.startswith(b"\xff\xd8\xff"):
        raise ValueError("not a JPEG")
    parts, place = [b"\xff\xd8"], 2
    while content[place : place + 1] == b"\xff":
        kind = content[place + 1] if place + 1 < len(content) else 0
        if kind == 0xFF:  # fill byte
            place += 1
            continue
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if end <= place + 3 or end > len(content):
            break
        if not (0xE0 <= kind <= 0xEF or kind == 0xFE) or kind in _KEPT:
            parts.append(content[place:end])
        place = end
        if kind == 0xDA:  # the picture itself follows; what comes after its end mark is cut
            finish = content.rfind(b"\xff\xd9")
            if finish < place:
                raise ValueError("the JPEG is cut off")
            return b"".join([*parts, content[place : finish + 2]])
    raise ValueError("the JPEG has no picture")
