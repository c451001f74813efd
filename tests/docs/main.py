"""See the head of tests/docs/run."""
import glob, os, re, shutil, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What cannot be run here, by how it begins, and why. One that no page shows any more is a fault of this list.
NOT_RUN = {
    "mailprobe reflect": "a daemon that stays: tests/reflector, tests/e2e, tests/crash",
    "mailprobe doctor": "asks public DNS about a domain of one's own: tests/app and tests/schema run it in the lab",
    "mailprobe init probe.example.org      #": "the same as in docs/own-domain.md",
    "mailprobe verify --explain ~/Maildir": "a Maildir of one's own; tests/docs has one for docs/tutorial.md",
    "mailprobe collect last": "looks where a run has looked, and the lab's mailbox went with the lab: tests/lab",
    "mailprobe collect 20260131T12": "a report that came by mail: tests/app",
    "mailprobe collect --all --wait 1h": "the runs of a machine, and their answers: tests/lab, tests/app",
    "mailprobe sign - --key r1.pem": "a key of one's own: tests/app",
    "mailprobe run enforcement": "asks for the consent of the target: tests/e2e runs it in the lab with it",
}
# Names of the outside, and what stands for them in the lab.
IN_THE_LAB = [("someone@example.net --reply", "responder@target.test --reply"), ("reflector@example.net --reply", "responder@target.test --reply"),
              ("somebody@example.net --traps", "obedient@target.test --traps"), ("reflector@example.net --traps", "obedient@target.test --traps"),
              ("run forwarding --to reflector@example.net", "run forwarding --to forwarder@target.test"),
              ("postmaster@your-own.example", "reflector@smuggled.test"), ("forwards-to-us@example.net", "bad-forwarder@target.test"),
              ("reflector@example.net", "reflector@target.test"), ("run mecsa --to reflector@target.test", "run mecsa --to responder@target.test"),
              ("--target example.net", "--target target.test"), ("inspect example.org example.net", "inspect target.test dane.test"),
              ("inspect example.net", "inspect target.test"), ("inspect example.org", "inspect target.test")]
# Against the lab without a word about it: what the settings are found by.
TALKS = re.compile(r"^mailprobe (send|run|inspect|report|history|diff|collect|suppress|verify|sign|traps|templates)\b")


def shown(page):
    """(line, command) of each that stands in a code block; a block with a language but sh is no shell's."""
    fence = None
    with open(page) as file:
        for number, line in enumerate(file, 1):
            if line.startswith("```"):
                fence = line.strip() if fence is None else None
            elif fence in ("```", "```sh") and re.match(r"(source <\()?mailprobe ", line):
                yield number, line.rstrip("\n")


def prepared(folder, run):
    """What the commands take for granted: a message, a mailbox, a list of domains, a scenario file, two runs."""
    run("mailprobe --lab send --to reflector@target.test --quiet")
    run("mailprobe --lab send --to reflector@target.test --quiet")
    messages = glob.glob(os.path.join(folder, ".local", "**", "*mailbox*"), recursive=True)
    shutil.copy(sorted(messages)[0], os.path.join(folder, "message.eml"))
    with open(os.path.join(folder, "message.eml"), "rb") as file:
        message = file.read().replace(b"\r\n", b"\n")
    with open(os.path.join(folder, "archive.mbox"), "wb") as file:
        file.write(b"From a@example.org Sat Jan 31 12:00:00 2026\n" + message + b"\n")
    for part in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(folder, "Maildir", part))
    shutil.copy(os.path.join(folder, "message.eml"), os.path.join(folder, "Maildir", "cur", "1.a:2,S"))
    with open(os.path.join(folder, "domains.txt"), "w") as file:
        file.write("target.test\nno-tls.test\n")
    shutil.copy(os.path.join(ROOT, "scenarios", "baseline.yaml"), os.path.join(folder, "daily.yaml"))


def adapted(command):
    """The command as it is run here, and the exit status that the text promises, where it does."""
    said = re.search(r"#.*exit status (\d)", command)
    for outside, here in IN_THE_LAB:
        command = command.replace(outside, here)
    command = re.sub(r"\bRUN RUN\b", "last last", command)
    command = re.sub(r"\breport RUN\b", "report last", command)
    command = command.replace("~/Maildir", "Maildir")
    if TALKS.match(command) and "--lab" not in command:
        command = command.replace("mailprobe ", "mailprobe --lab ", 1)
    return command, int(said.group(1)) if said else None


class Cases:
    def __init__(self, binary):
        self.folder = tempfile.mkdtemp(prefix="mailprobe-docs.")
        os.mkdir(os.path.join(self.folder, "bin"))
        os.symlink(binary, os.path.join(self.folder, "bin", "mailprobe"))
        self.passed = self.failed = self.skipped = 0
        self.unused = set(NOT_RUN)

    def run(self, command):
        environment = {**os.environ, "HOME": self.folder, "PATH": os.path.join(self.folder, "bin") + ":" + os.environ["PATH"]}
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            environment.pop(name, None)
        return subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)

    def say(self, ok, name, more=""):
        number = self.passed + self.failed + self.skipped + 1
        if more.startswith("SKIP"):
            self.skipped += 1
        elif ok:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok' if ok else 'not ok'} {number} - {name}{' # ' + more if more else ''}", flush=True)

    def case(self, where, command):
        for start, why in NOT_RUN.items():
            if command.startswith(start):
                self.unused.discard(start)
                return self.say(True, f"{where}: {command[:70]}", "SKIP " + why)
        here, promised = adapted(command)
        tools = [tool for tool in ("jq", "man") if re.search(rf"\| {tool}\b", here) and not shutil.which(tool)]
        if tools:
            return self.say(True, f"{where}: {command[:70]}", f"SKIP {tools[0]} is not there")
        done = self.run(here)
        allowed = (0, 1, 3) if promised is None else (promised,)
        self.say(done.returncode in allowed, f"{where}: {command[:70]}")
        if done.returncode not in allowed:
            print(f"  # {here}\n  # ended with {done.returncode}, not {allowed}:\n  # " +
                  done.stdout.decode(errors="replace")[-1500:].replace("\n", "\n  # "))


def main(binary, *only):
    cases = Cases(os.path.abspath(binary))
    pages = [os.path.join(ROOT, "README.md"), *sorted(glob.glob(os.path.join(ROOT, "docs", "*.md")))]
    try:
        prepared(cases.folder, cases.run)
        seen = set()
        for page in pages:
            name = os.path.relpath(page, ROOT)
            if only and name not in only or name == "docs/architecture.md":  # a list of forms, not of commands
                continue
            for number, command in shown(page):
                bare = re.sub(r"\s+#.*", "", command)
                if bare not in seen:
                    seen.add(bare)
                    cases.case(f"{name}:{number}", command)
        if not only:
            cases.say(not cases.unused, "nothing is left out that is not shown" + "".join(": " + line for line in cases.unused))
        made = cases.run("mailprobe checks --markdown -").stdout.decode()
        with open(os.path.join(ROOT, "docs", "checks.md")) as file:
            cases.say(file.read() == made, "docs/checks.md is what `mailprobe checks --markdown docs/checks.md` writes")
    finally:
        shutil.rmtree(cases.folder, ignore_errors=True)
    print(f"{cases.passed} passed, {cases.failed} failed, {cases.skipped} skipped")
    return 1 if cases.failed or not cases.passed else 0


sys.exit(main(*sys.argv[1:]))
