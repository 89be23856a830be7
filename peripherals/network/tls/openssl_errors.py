"""What OpenSSL's errors say of a handshake that has failed, in the words of `TlsProblem`.

Nothing that is sent is decided here: the alert that goes out is OpenSSL's, in `endpoint`. What is
reported where no alert is visible is, by `ASSUMED_ALERTS`.
"""

from __future__ import annotations

import re
import ssl

from renode_wifi.peripherals.network.tls.settings import TlsProblem, TlsVerdict

ALERT_RECORD = 21

ALERTS = {
    "close_notify": 0,
    "unexpected_message": 10,
    "bad_record_mac": 20,
    "record_overflow": 22,
    "decompression_failure": 30,
    "handshake_failure": 40,
    "no_certificate": 41,
    "bad_certificate": 42,
    "unsupported_certificate": 43,
    "certificate_revoked": 44,
    "certificate_expired": 45,
    "certificate_unknown": 46,
    "illegal_parameter": 47,
    "unknown_ca": 48,
    "access_denied": 49,
    "decode_error": 50,
    "decrypt_error": 51,
    "protocol_version": 70,
    "insufficient_security": 71,
    "internal_error": 80,
    "inappropriate_fallback": 86,
    "user_cancelled": 90,
    "no_renegotiation": 100,
    "missing_extension": 109,
    "unsupported_extension": 110,
    "unrecognized_name": 112,
    "bad_certificate_status_response": 113,
    "unknown_psk_identity": 115,
    "certificate_required": 116,
    "no_application_protocol": 120,
}
"""RFC 8446 section 6.2 and RFC 5246 section 7.2, by the names in OpenSSL's error reasons."""

VERIFY_PROBLEMS = {
    2: TlsProblem.UNKNOWN_ROOT,
    9: TlsProblem.NOT_YET_VALID,
    10: TlsProblem.EXPIRED,
    18: TlsProblem.UNKNOWN_ROOT,
    19: TlsProblem.UNKNOWN_ROOT,
    20: TlsProblem.UNKNOWN_ROOT,
    21: TlsProblem.UNKNOWN_ROOT,
    27: TlsProblem.UNKNOWN_ROOT,
    62: TlsProblem.NAME_MISMATCH,
    63: TlsProblem.NAME_MISMATCH,
    64: TlsProblem.NAME_MISMATCH,
}
"""X509_V_ERR_… of openssl/x509_vfy.h; whatever isn't here is a broken chain."""

ASSUMED_ALERTS = {
    TlsProblem.UNKNOWN_ROOT: 48,
    TlsProblem.EXPIRED: 45,
    TlsProblem.NOT_YET_VALID: 42,
    TlsProblem.NAME_MISMATCH: 42,
    TlsProblem.BAD_CERTIFICATE: 42,
}
"""What is reported where OpenSSL refused a certificate and its alert is not to be seen."""

NO_COMMON = (
    "NO_SHARED_CIPHER",
    "UNSUPPORTED_PROTOCOL",
    "NO_PROTOCOLS_AVAILABLE",
    "NO_CIPHERS_AVAILABLE",
    "WRONG_SSL_VERSION",
    "UNKNOWN_PROTOCOL",
    "VERSION_TOO_LOW",
    "VERSION_TOO_HIGH",
    "NO_SUITABLE_SIGNATURE_ALGORITHM",
    "NO_SUITABLE_KEY_SHARE",
    "WRONG_CIPHER_RETURNED",
    "DH_KEY_TOO_SMALL",
)


def verdict_of(error: ssl.SSLError, written: bytes) -> TlsVerdict:
    """written: what this end has sent last, which may hold an alert."""
    reason = error.reason or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = VERIFY_PROBLEMS.get(error.verify_code, TlsProblem.BAD_CERTIFICATE)
        alert = _alert_in(written) or ASSUMED_ALERTS[problem]
        return TlsVerdict(problem, alert, error.verify_message)
    match = re.match(r"(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)", reason)
    if match is not None:
        name = match[1].lower()
        return TlsVerdict(TlsProblem.PEER_ALERT, ALERTS.get(name), f"alert {name} from the peer")
    written_alert = _alert_in(written)
    detail = (reason or str(error)).lower().replace("_", " ")
    if reason in NO_COMMON:
        return TlsVerdict(TlsProblem.NO_COMMON_CIPHER, written_alert, detail)
    if reason in ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "NO_CERTIFICATE_RETURNED"):
        return TlsVerdict(TlsProblem.BAD_CERTIFICATE, written_alert or 116, "no certificate came")
    return TlsVerdict(TlsProblem.PROTOCOL, written_alert, detail)


def _alert_in(written: bytes) -> int | None:
    """The alert in the last record written, where it isn't encrypted (RFC 5246 section 7.2)."""
    if len(written) >= 7 and written[-7] == ALERT_RECORD and written[-4:-2] == b"\0\2":
        return written[-1]
    return None
