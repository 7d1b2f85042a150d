"""`multipart/form-data`, as bot libraries send it."""

from email.message import Message as Headers
from email.parser import HeaderParser

from bot.simulator.schema import Upload


def read_multipart(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """The plain fields and the files of a form, by name; raises ValueError where it is no such form."""
    header = Headers()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise ValueError("no boundary")
    fields: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        headers, content = _split(part)
        name = str(headers.get_param("name", "", "content-disposition"))
        filename = headers.get_filename()
        if filename is None:
            fields[name] = content.decode()
        else:
            uploads[name] = Upload(filename, content)
    return fields, uploads


def _split(part: bytes) -> tuple[Headers, bytes]:
    head, found, content = part.partition(b"\r\n\r\n")
    if not found:
        raise ValueError("a part without an end of its headers")
    return HeaderParser().parsestr(head.decode().lstrip()), content
