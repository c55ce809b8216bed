"""Pages: anybody checks a certificate, its holder fetches the PDF, staff revoke it."""

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms import clock, limits
from lms.accounts.access import sign_in_required
from lms.accounts.permissions import may, require
from lms.certificates import codes, services
from lms.certificates.forms import CheckForm, RevocationForm
from lms.certificates.models import Certificate
from lms.certificates.pdf import LANGUAGES, certificate_pdf
from lms.database import db
from lms.forms import keeps_input
from lms.logs import note_security

WRONG_CODES_PER_MINUTE = 30

#: What is public may be kept for a minute; so a revocation is seen everywhere within that minute.
PUBLIC = "public, max-age=60"

bp = Blueprint("certificates", __name__, template_folder="templates")
files = Blueprint("certificates_files", __name__)


@bp.get("/")
def check() -> AnyResponse:
    """Ask for a certificate number, and lead to what it stands for."""
    typed = request.args.get("code", "").strip()
    if code := codes.read(typed):
        return redirect(url_for(".show", code=code))
    if typed:
        return _unknown(typed)
    return _public(render_template("certificates/check.html", form=_check_form("")))


@bp.get("/<code>")
def show(code: str) -> AnyResponse:
    """Show anybody whether a certificate is good, and everything that it certifies."""
    certificate = _find(code)
    if certificate is None:
        return _unknown(code)
    if certificate.code != code:
        return redirect(url_for(".show", code=certificate.code))
    may_revoke = may(current_user, "certificates.revoke", course=certificate.course)
    return _public(_page(certificate, RevocationForm() if may_revoke else None))


@bp.post("/<code>/revocation")
@sign_in_required
@keeps_input
def revoke(code: str) -> AnyResponse:
    """Revoke a certificate; whoever may not do that is told nothing about it."""
    certificate = _find(code) or abort(404)
    require("certificates.revoke", course=certificate.course)
    form = RevocationForm()
    if not form.validate_on_submit():
        return make_response(_page(certificate, form), 422)
    code, reason = certificate.code, form.reason.data
    services.revoke(certificate, reason, by=current_user.id)
    db.session.commit()
    note_security("certificate revoked", certificate=code, reason=reason, by=current_user.id)
    return redirect(url_for(".show", code=code), 303)


@files.get("/<code>.pdf")
def download(code: str) -> AnyResponse:
    """Return the certificate to print, in `?lang=kk` or `ru`; a revoked one is no longer there."""
    certificate = _find(code)
    if certificate is None:
        _count_wrong_code()
        abort(404)
    if certificate.code != code:
        asked = request.args.get("lang")
        return redirect(url_for(".download", code=certificate.code, lang=asked))
    if certificate.status in {"revoked", "withdrawn"}:
        abort(410)
    language = _language_of_pdf(certificate)
    printed = services.printed(certificate)
    # Drawing takes tens of milliseconds, too long to keep a transaction open.
    db.session.rollback()
    response = _public(certificate_pdf(printed, language))
    response.mimetype = "application/pdf"
    response.headers["Content-Language"] = language
    response.headers["Content-Disposition"] = (
        f'inline; filename="sertifikat-{printed.code}-{language}.pdf"'
    )
    return response


@files.get("/<code>.json")
def describe(code: str) -> AnyResponse:
    """Return for programs what the page says to people."""
    certificate = _find(code)
    if certificate is None:
        _count_wrong_code()
        return make_response(jsonify(code=code, status="unknown"), 404)
    return _public(jsonify(_described(certificate)))


def render_check_link(**more: object) -> str:
    """Return the link to the check, for the foot of every page."""
    return render_template("certificates/_check_link.html")


def render_of_course(course: str, user_id: int | None, completed: bool, **more: object) -> str:
    """Return the certificate that a learner has for a course, for the course's page."""
    held = services.certificates_of(user_id, course)[:1] if user_id and completed else []
    return render_template("certificates/_held.html", certificates=held) if held else ""


def render_of_learner(user_id: int, completed: bool, **more: object) -> str:
    """Return all certificates of a learner, for the learner's own page."""
    held = services.certificates_of(user_id) if completed else []
    return render_template("certificates/_held.html", certificates=held) if held else ""


def _find(typed: str) -> Certificate | None:
    code = codes.read(typed)
    return services.find(code) if code else None


def _page(certificate: Certificate, form: RevocationForm | None) -> str:
    return render_template(
        "certificates/show.html",
        certificate=certificate,
        form=None if certificate.revoked_at else form,
        reasons=services.REASONS,
    )


def _unknown(typed: str) -> Response:
    _count_wrong_code()
    page = render_template(
        "certificates/unknown.html", form=_check_form(typed), mistyped=codes.read(typed) is None
    )
    return make_response(page, 404)


def _check_form(typed: str) -> CheckForm:
    return CheckForm(formdata=None, code=typed)


def _count_wrong_code() -> None:
    # A count is written on GET, but only for those who guess; whoever holds a code is never slowed,
    # not even in a village behind one address. The rollback lets the write begin a transaction.
    db.session.rollback()
    limits.count(
        "wrong certificate code",
        request.remote_addr or "",
        most=WRONG_CODES_PER_MINUTE,
        seconds=60,
    )


def _public(body: str | bytes | Response) -> Response:
    response = make_response(body)
    if not current_user.is_authenticated:
        response.headers["Cache-Control"] = PUBLIC
    return response


def _language_of_pdf(certificate: Certificate) -> str:
    for wanted in (request.args.get("lang"), certificate.language):
        if wanted in LANGUAGES:
            return wanted
    return LANGUAGES[0]


def _described(certificate: Certificate) -> dict[str, object]:
    known: dict[str, object] = {
        "code": certificate.code,
        "status": certificate.status,
        "names": certificate.names,
        "course": certificate.course,
        "version": certificate.version,
        "titles": certificate.titles,
        "hours": certificate.hours,
        "result": certificate.result,
        "issued_on": clock.local(certificate.issued_at).date().isoformat(),
        "issuers": certificate.issuers,
        "page": services.address_of(certificate),
    }
    if certificate.revoked_at:
        known["revoked_on"] = clock.local(certificate.revoked_at).date().isoformat()
        known["revoked_because"] = certificate.revoked_reason
    return known
