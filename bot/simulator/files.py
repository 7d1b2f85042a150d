"""The files of this world: what people attach, what bots upload."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file Telegram would keep."""

    file_id: str
    name: str
    mime_type: str
    content: bytes

    @property
    def unique_id(self) -> str:
        return f"U{self.file_id}"

    @property
    def path(self) -> str:
        return f"files/{self.file_id}/{self.name}"

    def wire(self) -> dict[str, object]:
        """The fields every kind of file has in common."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(slots=True)
class Files:
    """Files by id; ids are counted, so that runs repeat."""

    by_id: dict[str, StoredFile] = field(default_factory=dict)

    def add(self, name: str, mime_type: str, content: bytes) -> StoredFile:
        stored = StoredFile(f"SIM{len(self.by_id) + 1:08d}", name, mime_type, content)
        self.by_id[stored.file_id] = stored
        return stored

    def at_path(self, path: str) -> StoredFile | None:
        return next((f for f in self.by_id.values() if f.path == path), None)
