"""The process that runs Typst: a template may loop, swell or crash, and only this process suffers.

Run as a file, so that it starts without the platform. Reads an order (JSON) from stdin, writes the PDF to stdout.
Exit status 2: the template or its data are at fault, and stderr says where.
"""

import json
import resource
import sys

import typst

MEMORY_BYTES = 1024**3
CPU_SECONDS = 20


def main() -> int:
    """Limit this process, then set the document."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    order = json.load(sys.stdin)
    # No package lies in that folder, and the environment leaves no way to fetch one.
    packages = order["packages"]
    compiler = typst.Compiler(
        root=order["root"], ignore_system_fonts=True, package_path=packages, package_cache_path=packages
    )
    try:
        document = compiler.compile(
            order["template"],
            format="pdf",
            sys_inputs={"data": json.dumps(order["data"])},
            pdf_standards=order["standards"],
            timestamp=order["issued_at"],
        )
    except typst.TypstError as error:
        sys.stderr.write(error.diagnostic or error.message)
        return 2
    if not isinstance(document, bytes):
        sys.stderr.write("Typst answered several files where one PDF was ordered.")
        return 2
    sys.stdout.buffer.write(document)
    return 0


if __name__ == "__main__":
    sys.exit(main())
