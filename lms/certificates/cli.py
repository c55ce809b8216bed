"""`lms certificates …`: list and revoke."""

import sys

import click
from flask import Blueprint

from lms import i18n
from lms.certificates import codes, services
from lms.cli import print_rows
from lms.database import db
from lms.logs import note_security


def register(bp: Blueprint) -> None:
    """Give the plugin its commands."""
    bp.cli.help = "Certificates: who holds which, and taking one back."
    for command in (list_, revoke):
        bp.cli.add_command(command)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(as_json: bool) -> None:
    """List every certificate in the order of issue."""
    rows = [
        {
            "code": certificate.code,
            "status": certificate.status,
            "name": i18n.pick(certificate.names, certificate.language),
            "course": certificate.course,
            "version": certificate.version,
            "hours": certificate.hours,
            "result": certificate.result,
            "issued_at": certificate.issued_at.isoformat(timespec="seconds"),
        }
        for certificate in services.all_certificates()
    ]
    print_rows(rows, as_json)


@click.command("revoke")
@click.argument("code")
@click.option("--reason", required=True, type=click.Choice(list(services.REASONS)))
def revoke(code: str, reason: str) -> None:
    """Revoke the certificate CODE (exit code 1 if there is none, or it already was)."""
    canonical = codes.read(code)
    if canonical is None:
        raise click.UsageError(f"“{code}” is not a certificate number")
    certificate = services.find(canonical)
    if certificate is None:
        click.echo(f"There is no certificate {canonical}.", err=True)
        sys.exit(1)
    if not services.revoke(certificate, reason, by=None):
        click.echo(f"Certificate {canonical} was already revoked.", err=True)
        sys.exit(1)
    db.session.commit()
    note_security("certificate revoked", certificate=canonical, reason=reason, by="command line")
    click.echo(f"revoked {canonical}")
