"""Servers whose TLS differs, each at an address of its own: what they are set to, and so what must be found of them.

Postfix with OpenSSL, Exim with GnuTLS. agreement.py holds mailprobe's view of each against that of posttls-finger and of openssl."""
from dataclasses import dataclass, field
import os
from knot import TARGETS
from support import PORTS, run
from transport import key_digest


@dataclass
class Row:
    domain: str
    versions: list  # accepted, oldest first
    keys: dict  # kind of key, as `issue` takes it: certificate file, filled by `issue`
    dane: str = ""  # "3 1 1": of every key; "2 1 1": of the authority; "wrong"; "": none
    preference: str = ""  # whose order of suites decides, up to TLS 1.2; "": one suite or none
    postfix: list = field(default_factory=list)  # options in master.cf

    @property
    def host(self):
        return TARGETS[self.domain][0][0]

    @property
    def number(self):
        return TARGETS[self.domain][0][1]


OLD_SUITES = "AES256-SHA:AES128-SHA:NULL-SHA256:@SECLEVEL=0"
ROWS = [
    Row("modern.test", ["TLSv1.2", "TLSv1.3"], {"RSA-2048": "", "P-256": ""}, "3 1 1", "server",
        ["smtpd_tls_protocols=>=TLSv1.2", "tls_preempt_cipherlist=yes", "smtpd_tls_ciphers=high",
         "tls_high_cipherlist=ECDHE+CHACHA20:ECDHE+AESGCM", "tls_eecdh_auto_curves=secp384r1,X25519,prime256v1"]),
    Row("old.test", ["TLSv1", "TLSv1.1", "TLSv1.2"], {"RSA-2048": ""}, "wrong", "client",
        ["smtpd_tls_protocols=>=TLSv1,<=TLSv1.2", f"tls_medium_cipherlist={OLD_SUITES}"]),
    Row("oldest.test", ["TLSv1"], {"RSA-1024": ""}, "3 1 1", "client",
        ["smtpd_tls_protocols=>=TLSv1,<=TLSv1", "tls_medium_cipherlist=DHE-RSA-AES128-SHA:AES128-SHA:@SECLEVEL=0"]),
    Row("exim.test", ["TLSv1.2"], {"RSA-2048": ""}, "2 1 1", "server"),
    Row("exim13.test", ["TLSv1.3"], {"P-384": ""}),
]
BY_DOMAIN = {row.domain: row for row in ROWS}


def issue(stage, certificates):
    for row in ROWS:
        for key in row.keys:
            row.keys[key] = certificates.issue(f"{row.domain}-{key}", [row.host], key=key, with_authority=row.dane == "2 1 1")
    small = stage.path("tls", "dh1024.pem")
    run("openssl", "dhparam", "-dsaparam", "-out", small, "1024")
    BY_DOMAIN["oldest.test"].postfix.append(f"smtpd_tls_dh1024_param_file={small}")


def tlsa(row, certificates):
    if row.dane == "wrong":
        return ["3 1 1 " + "00" * 32]
    signers = [certificates.ca + ".pem"] if row.dane == "2 1 1" else row.keys.values()
    return [f"{row.dane} {key_digest(each)}" for each in signers] if row.dane else []


def records(certificates):
    """By domain, for its zone; posttls-finger asks at the port that it connects to."""
    return {row.domain: "".join(f"_{port}._tcp.mx TLSA {each}\n" for port in (25, PORTS["smtp"]) for each in tlsa(row, certificates))
            for row in ROWS}


def services(smtpd):
    """The Postfix ones, for master.cf."""
    return [smtpd(row.number, "smtp", f"myhostname={row.host}", "smtpd_milters=",
                  "smtpd_tls_chain_files=" + ",".join(row.keys.values()), *row.postfix) for row in ROWS if row.postfix]


# Its package cannot be installed beside Postfix: tools/packages unpacks it aside.
EXIM = os.path.join(os.path.dirname(__file__), "..", "..", "build", "aside", "exim4-daemon-heavy", "usr", "sbin", "exim4")
EXIM = os.path.normpath(os.path.abspath(EXIM))
