"""What targets with DANE and MTA-STS need beside Knot and Postfix: TLSA records, policies by HTTPS, a validating resolver
for posttls-finger, which knows no other way to be told of one."""
import hashlib, http.server, os, ssl, subprocess, threading
from support import PORTS, Failed, run

DNS, RESOLVER, POLICY_HOST = 53, 54, 21

# Domain: what is published beside MX and A. The certificates of DANE's hosts come from a CA that nobody trusts.
DANE = {"dane.test": "right", "dane-wrong.test": "wrong"}
STS = {"sts.test": "mx.sts.test", "sts-wrong.test": "mx.sts-wrong.test"}
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: {mx}\r\nmax_age: 86400\r\n"


def issue(certificates):
    """By the host that shows it."""
    other = certificates.other_ca
    shown = {f"mx.{domain}": certificates.issue(domain, [f"mx.{domain}"], other) for domain in DANE}
    shown["mx.sts.test"] = certificates.issue("sts.test", ["mx.sts.test"])
    shown["mx.sts-wrong.test"] = certificates.issue("sts-wrong.test", ["mx.elsewhere.test"])
    shown["policy"] = certificates.issue("policy", [f"mta-sts.{domain}" for domain in STS])
    return shown


def key_digest(certificate):
    """SHA-256 of the SubjectPublicKeyInfo: what a TLSA record 3 1 1 has."""
    pem = run("openssl", "x509", "-in", certificate, "-noout", "-pubkey")
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=pem, capture_output=True, check=True).stdout
    return hashlib.sha256(der).hexdigest()


def records(stage, shown):
    """By domain, for its zone. posttls-finger connects to another port than 25 and asks for the records of that."""
    text = {}
    for domain, kind in DANE.items():
        digest = key_digest(shown[f"mx.{domain}"]) if kind == "right" else hashlib.sha256(b"another key").hexdigest()
        text[domain] = "".join(f"_{port}._tcp.mx TLSA 3 1 1 {digest}\n" for port in (25, PORTS["smtp"]))
    for domain in STS:
        text[domain] = (f"mta-sts A {stage.address(POLICY_HOST)}\n_mta-sts TXT \"v=STSv1; id=1;\"\n"
                        f"_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:tls@{domain}\"\n")
    return text


class PolicyPage(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        domain = self.headers.get("Host", "").removeprefix("mta-sts.")
        found = self.path == "/.well-known/mta-sts.txt" and domain in STS
        body = POLICY.format(mx=STS[domain]).encode() if found else b"not here"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def start_policy_host(stage, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = http.server.ThreadingHTTPServer((stage.address(POLICY_HOST), PORTS["https"]), PolicyPage)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def start_resolver(stage, zones, anchors, others={}):
    """`zones` are Knot's, `others` those of other name servers, with their addresses."""
    servers = {**{zone: stage.address(DNS) for zone in zones}, **others}
    stubs = "".join(f'stub-zone:\n  name: "{zone}"\n  stub-addr: {server}@{PORTS["dns"]}\n' for zone, server in servers.items())
    config = stage.write("resolver.conf", f"""
server:
  interface: {stage.address(RESOLVER)}
  outgoing-interface: {stage.address(RESOLVER)}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  trust-anchor-file: {anchors}
  username: ""
  chroot: ""
  directory: "{stage.folder}"
  pidfile: ""
  use-syslog: no
  local-zone: "test" nodefault
  local-zone: "127.in-addr.arpa" nodefault
remote-control:
  control-enable: no
{stubs}""")
    stage.start("resolver", ["/usr/sbin/unbound", "-d", "-c", config])
    stage.wait_for("resolver", stage.address(RESOLVER), 53)
    stage.write("resolv.conf", resolv_conf(stage))


def resolv_conf(stage, trusted=True):
    """Without trust-ad glibc takes the word of nobody that an answer was validated (resolv.conf(5))."""
    return f"nameserver {stage.address(RESOLVER)}\noptions {'trust-ad ' if trusted else ''}edns0\n"


def posttls_finger(stage, domain, *options, level="dane"):
    """What Postfix's own tool says of the domain's MX: "Verified", "Untrusted" …, and the fingerprint of the key."""
    tool = f"posttls-finger -c -t 5 -T 5 -l {level} -d sha256 -L summary,certmatch {' '.join(options)} {domain}:{PORTS['smtp']}"
    hidden = f"mount --bind {stage.path('resolv.conf')} /etc/resolv.conf && exec {tool}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", hidden], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    said = (done.stdout + done.stderr).decode(errors="replace")
    if "TLS connection established" not in said and "certificate" not in said:
        raise Failed(f"posttls-finger says nothing of TLS:\n{said}")
    return said
