"""What is wrong with something drafted, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a part of a draft; `subject` is the path to it, such as ("rate", "dk", "voice_out", "*")."""

    subject: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        return f"{'/'.join(self.subject)}: {self.message}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file; lines count from 1, 0 stands for the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"
