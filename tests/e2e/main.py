"""Starts the servers, runs the cases, takes everything down again. See `run`."""
import os, signal, sys
import cases, probe, reflecting, rows
from certificates import Certificates, dkim_key
from dovecot import start_dovecot
from exim import start_exim
from knot import start_knot
from support import Failed, Stage
import transport
from postfix import start_opendkim, start_policy, start_postfix


PROGRAMS = ["/usr/sbin/knotd", "/usr/sbin/keymgr", "/usr/sbin/dovecot", "/usr/sbin/opendkim",
            "/usr/lib/postfix/sbin/master", "/usr/bin/openssl", "/usr/sbin/unbound", "/usr/sbin/posttls-finger", "/usr/bin/mta-sts-daemon", "/usr/sbin/opendmarc",
            "/usr/bin/policyd-spf", "/usr/bin/rspamd", "/usr/bin/altermime", rows.EXIM]


def bring_up(stage):
    missing = [program for program in PROGRAMS if not os.path.exists(program)]
    if missing:
        raise Failed(f"not installed: {' '.join(missing)}; tools/packages test installs them")
    certificates = Certificates(stage)
    keys = {"r1": dkim_key(stage, "r1", "RSA"), "e1": dkim_key(stage, "e1", "ED25519")}
    shown = transport.issue(certificates)
    rows.issue(stage, certificates)
    zones, anchors = start_knot(stage, {selector: record for selector, (_, record) in keys.items()},
                                {**transport.records(stage, shown), **rows.records(certificates), **reflecting.records(keys)})
    password = probe.new_password()
    start_dovecot(stage, certificates.issue("imap", ["imap.target.test"]), password)
    start_policy(stage)
    start_opendkim(stage, zones, anchors)
    start_postfix(stage, certificates, shown)
    start_exim(stage)
    transport.start_policy_host(stage, shown["policy"])
    transport.start_resolver(stage, zones, anchors)
    user = probe.Probe(stage, zones, anchors, certificates, password)
    user.certificates = certificates
    user.fake_certificate = certificates.issue("fake", ["mx.fake.test"])
    return user


def end(number, frame):
    sys.exit(128 + number)


def main(arguments):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        stage = Stage()
    except Failed as failure:
        print(f"Bail out! {failure}")
        return 1
    keep = bool(os.environ.get("KEEP"))
    try:
        user = bring_up(stage)
        if arguments[0] == "--serve":
            print(f"mailprobe send --config {user.config} --to reflector@target.test", flush=True)
            while True:
                signal.pause()  # any signal wakes it
        user.binary = os.path.abspath(arguments[0])
        return cases.run_all(user, arguments[1:])
    except Failed as failure:
        print(f"Bail out! {failure}", flush=True)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # once is enough
        stage.stop(keep)  # before anything that a closed pipe could end
        if keep:
            print(f"# kept: {stage.folder}", file=sys.stderr)


sys.exit(main(sys.argv[1:]))
