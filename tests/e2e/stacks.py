"""What the suites say of real receiving servers: `enforcement` of three stacks that evaluate, `dkim-survival` of two Postfixes that alter mail.

    stacks.py BINARY        in namespaces of its own, where 25 and 53 are the real ports; prints the tables

They are held against those of docs/receiving-stacks.md, row by row, and what that page quotes of configurations against the files in use. Knot
serves our zone with the records that `mailprobe init` prints, and the targets' with their consent; Unbound validates for all of them."""
import json, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor
import stack_servers
from certificates import Certificates
from dovecot import start_dovecot
from knot import DNS, IMAP, start_zones
from stack_servers import STACKS
from support import PORTS, Failed, Stage, apart, run
from transport import start_resolver

OWN = "192.0.2.2"  # not of 127/8: libspf2, which OpenDMARC and Exim have, lets SPF pass for all that comes from there
PAGE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "receiving-stacks.md"))
ALTERING = ["seven.test", "footer.test"]
WEAK = "weak-probe.test"  # of keys that nobody is to accept: our own name server's
# rspamd marks what a policy wants quarantined; to put it away is the mailbox server's.
SIEVE = """require "fileinto";
if header :is "X-Spam" "Yes" { fileinto "Junk"; }
"""


def suite_of(domain):
    return "dkim-survival" if domain in ALTERING else "enforcement"


def environment(stage):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MAILPROBE_", "XDG_"))}
    return dict(kept, HOME=stage.folder, LC_ALL="C.UTF-8", NO_COLOR="1")


def own_records(stage, binary):
    """Keys, the beginning of a configuration, and the records to publish, with those that are to fail: what `init` makes."""
    done = subprocess.run([binary, "init", "probe.test", "--ip", OWN, "--config", stage.path("init.yaml")], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, cwd=stage.folder, env=environment(stage))
    if done.returncode != 0:
        raise Failed(f"init: {done.stdout}{done.stderr}")
    wanted, _, _ = done.stdout.partition("To see what a target looks up")
    return "".join(line + "\n" for line in wanted.splitlines() if re.match(r"\S+ +IN |    \"", line))


def start_dns(stage, binary):
    zones = {domain: f"@ MX 10 mx\nmx A {stage.address(number)}\n_mailprobe TXT \"mailprobe-consent=probe.test\"\n" for domain, number in STACKS.items()}
    zones["probe.test"] = own_records(stage, binary) + f"imap A {stage.address(IMAP)}\n"
    zones["2.0.192.in-addr.arpa"] = f"{OWN.rpartition('.')[2]} PTR mx.probe.test.\n"
    names, anchors = start_zones(stage, zones)
    start_resolver(stage, names, anchors, {WEAK: OWN})
    run("mount", "--bind", stage.path("resolv.conf"), "/etc/resolv.conf")
    return names, anchors


def configure(stage, zones, anchors, certificate):
    with open(stage.path("init.yaml")) as file:
        own = file.read().split("# A mailbox at the target")[0]
    servers = {**{zone: stage.address(DNS) for zone in zones}, WEAK: OWN}
    stubs = "".join(f"    \"{zone}\": \"{server}\"\n" for zone, server in servers.items())
    boxes = "".join(f"  {domain.partition('.')[0]}: {{url: \"imaps://imap.probe.test:{PORTS['imaps']}\", user: reflector@{domain}, "
                    f"address: reflector@{domain}, password_file: password}}\n" for domain in STACKS)
    return stage.write("mailprobe.yaml", f"""{own}resolver:
  trust_anchor_file: {anchors}
  stubs:
{stubs}tls: {{ca_file: {stage.path("tls", "ca.pem")}}}
runs: out/runs
receiver: {{listen: {OWN}, certificate: {certificate}, key: {certificate}, dns: {{listen: {OWN}, weak_domain: {WEAK}}}}}
mailboxes:
{boxes}""", 0o600)


def start(stage, binary):
    certificates = Certificates(stage)
    zones, anchors = start_dns(stage, binary)
    os.makedirs(stage.path("out"))
    stage.write("password", "canary\n", 0o600)
    start_dovecot(stage, certificates.issue("imap", ["imap.probe.test"]), "canary", [f"reflector@{domain}" for domain in STACKS], SIEVE)
    stack_servers.start(stage, certificates.issue("mx", [f"mx.{domain}" for domain in STACKS]))
    config = configure(stage, zones, anchors, certificates.issue("probe-mx", ["mx.probe.test"]))
    stage.start("reflect", [binary, "reflect", "--config", config])  # takes bounces, and answers for the weak keys of all runs
    stage.wait_for("reflect", OWN, 25)
    return config


def run_suite(stage, binary, config, domain):
    """The evidence of it."""
    path = stage.path("out", domain + ".json")
    argv = [binary, "run", suite_of(domain), "--to", "reflector@" + domain, "--source-ip", OWN, "--wait", "60s", "--config", config, "--json", path]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", cwd=stage.folder, env=environment(stage),
                          timeout=240)
    if not os.path.exists(path):
        raise Failed(f"$ {' '.join(argv)}\nstatus {done.returncode}\n{done.stdout}{done.stderr}")
    with open(path) as file:
        return json.load(file)


def became(probe):
    """The folder that it is in, or what it was refused with."""
    if probe["mailbox"]:
        return probe["mailbox"]["folder"]
    reply = (probe["smtp"] or {}).get("reply")
    return f"{reply['code']} {reply['enhanced']}" if reply and reply["code"] >= 400 else "lost"


def method_of(probe):
    """What its fault breaks, or would break."""
    return next((method for method in ("dkim", "spf") if probe["name"].startswith(method)), "dmarc")


def judged(document, probe):
    """Verdict and grade of that method, and what the target recorded of it."""
    method = method_of(probe)
    found, = [each for each in document["findings"] if each["check"] == f"inbound.{method}-evaluated" and each["probe"] == probe["name"]]
    results = [each["result"] for field in (probe["mailbox"] or {}).get("authentication_results", []) if field["trusted"] for each in field["results"]
               if each["method"] == method]
    recorded = " (" + "/".join(f"{method}={word}" for word in dict.fromkeys(results)) + ")" if results else ""
    return found["verdict"] + (", " + found["grade"] if found["grade"] else "") + recorded


def expected(document, probe):
    """Whether everything holds that the suite expects of it."""
    verdicts = [each["verdict"] for each in document["expectations"] if each["probe"] == probe["id"]]
    return "fails" if "fail" in verdicts else "inconclusive" if set(verdicts) != {"pass"} else "holds"


def survived(signature):
    kinds = [each["kind"] + (f" of {each['part']}" if each["kind"].startswith("header") else "") for each in signature["mutation"]]
    return "survived" if signature["result"] == "pass" else ", ".join(kinds) or signature["reason"]


def signatures(probe):
    found = {f"{each['selector']} {each['canonicalization'].partition('/')[0]}": survived(each) for each in (probe["mailbox"] or {}).get("dkim", [])}
    return [found.get(f"{key} {canon}", became(probe)) for key in ("r1", "e1") for canon in ("relaxed", "simple")]


def rows_of(document, domain):
    if domain in ALTERING:
        return {probe["name"]: signatures(probe) for probe in document["probes"]}
    return {probe["name"]: [became(probe), judged(document, probe), expected(document, probe)] for probe in document["probes"]}


def page_tables():
    """By the domain that a heading begins with: the first cell of each row, and those behind it."""
    tables, domain = {}, None
    with open(PAGE) as page:
        for line in page:
            heading = re.match(r"## `(\S+)`", line)
            domain = heading[1] if heading else None if line.startswith("## ") else domain
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if domain and line.startswith("| `"):
                tables.setdefault(domain, {})[cells[0].strip("`")] = cells[1:]
    return tables


def compare(domain, found, written):
    """Where the two differ; the page may have another cell behind those that are found: why."""
    differences = [f"{domain}: {name} is not in {PAGE}" for name in found if name not in written]
    differences += [f"{domain}: {name} was not sent" for name in written if name not in found]
    return differences + [f"{domain}: {name} is {cells}, not {written[name][:len(cells)]}" for name, cells in found.items()
                          if name in written and written[name][:len(cells)] != cells]


def misquoted(stage):
    """Lines of configurations on the page that are in no file in use."""
    with open(PAGE) as page:
        quoted = [line.strip() for block in re.findall(r"```\w*\n(.*?)```", page.read(), re.S) for line in block.splitlines()]
    used = set()
    for name in ("opendkim.conf", "opendmarc.conf", "rspamd.conf", "postfix/main.cf", "postfix/master.cf", "exim/exim.conf", "sieve/junk.sieve"):
        with open(stage.path(name)) as file:
            used.update(line.strip() for line in file)
    return [f"{PAGE}: no file in use has {line!r}" for line in quoted if line and not line.startswith("#") and line not in used]


def main(binary):
    PORTS.update(dns=53, rspamd=2893)  # a delegation names no port
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", OWN + "/32", "dev", "lo")
    stage = Stage()
    try:
        config = start(stage, binary)
        with ThreadPoolExecutor() as beside:
            documents = list(beside.map(lambda domain: run_suite(stage, binary, config, domain), STACKS))
        differences, written = misquoted(stage), page_tables()
        for domain, document in zip(STACKS, documents):
            found = rows_of(document, domain)
            print(f"\n{domain}\n" + "\n".join(f"| `{name}` | {' | '.join(cells)} |" for name, cells in found.items()))
            differences += compare(domain, found, written.get(domain, {}))
        print("\n".join(["", *differences]), flush=True)
        return 1 if differences else 0
    except Failed as failure:
        print(failure)
        return 1
    finally:
        keep = bool(os.environ.get("KEEP"))
        stage.stop(keep)
        if keep:
            print(f"kept: {stage.folder}")


def suites_and_real_receivers(user):
    apart(__file__, user.binary, 400)


CASES = [suites_and_real_receivers]


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
