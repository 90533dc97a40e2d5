"""`kata port`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from flaxkata import files
from flaxkata.commands.usage import Device, fail, need_folder
from flaxkata.judge import processes
from flaxkata.judge.errors import NoDevice, SandboxUnavailable

app = typer.Typer(no_args_is_help=True, help="Your own port of your own PyTorch model: `new`, `check`, `test`.")

PortFile = Annotated[Path, typer.Argument(metavar="FILE", help="the file of your port, such as my_port.py")]


@app.command("new")
def new_port(file: PortFile) -> None:
    """Write a file to fill in; it runs as it is."""
    from flaxkata.port import writing

    try:
        writing.template(file)
    except FileExistsError:
        fail(f"{file} is there already; give a new name.")
    print(f"{file} has a small network and its port. Check it, then put your own in its place: kata port check {file}")


@app.command("check")
def check_port(
    file: PortFile,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="also write the result there")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="also write one page there")] = None,
    steps: Annotated[int, typer.Option(help="steps of training with each optimizer; 0 for none", min=0)] = 10,
    here: Annotated[bool, typer.Option(help="run both sections in this process, so that breakpoint() works")] = False,
    device: Annotated[Device, typer.Option(help="where JAX computes; never on a different one")] = Device.cpu,
) -> None:
    """Compare your port with PyTorch, part by part. Exit code 1 if it
    differs.
    """
    from flaxkata import port_report
    from flaxkata.judge import subprocess_sandbox
    from flaxkata.port import check, section
    from flaxkata.render import port as shown
    from flaxkata.render import port_page

    if not file.is_file():
        fail(f"There is no {file}; `kata port new {file}` writes one.")
    need_folder("--json", json_file)
    need_folder("--html", html_file)
    console = Console(highlight=False)
    try:
        source = None if here else processes.start(device, files.user_cache())  # imports JAX while PyTorch is imported here
        if source and device != Device.cpu:
            subprocess_sandbox.device_name(source, device)
        with console.status("starting") as status:
            found = check(file, str(device), steps, here, lambda part: status.update(part))
    except (section.Unusable, NoDevice, SandboxUnavailable) as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("Stopped.")
    console.print(shown.summary(found, f"kata port check {file}"))
    if json_file:
        json_file.write_text(json.dumps(port_report.to_json(found), indent=1) + "\n", "utf-8")
    if html_file:
        html_file.write_text(port_page.html(found), "utf-8")
    raise typer.Exit(int(not found.right))


@app.command("test")
def test_port(file: PortFile) -> None:
    """Write a pytest file that keeps your port right in your own CI."""
    from flaxkata.port import writing

    if not file.is_file():
        fail(f"There is no {file}; `kata port new {file}` writes one.")
    try:
        place = writing.tests(file)
    except FileExistsError as error:
        fail(f"{error} is there already; remove it first.")
    print(f"{place} checks {file.name}, one test per part. Run it: python -m pytest {place}")
