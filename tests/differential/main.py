"""Generates the cases, has them judged, compares. See `run`."""
import os, shutil, sys, tempfile, time
import disagreements, dkim_cases, peers, spf_cases
from zone import Zone

SEED = 20_240_229


class Report:
    """TAP: a line for each case. A disagreement that is named is a comment below its line."""

    def __init__(self):
        self.count, self.failed, self.used = 0, 0, set()
        self.disagreed = {}

    def case(self, title, problems, notes):
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {title}")
        for line in problems + notes:
            print("#   " + line.replace("\n", " ")[:300])

    def compare(self, kind, case, expected, verdicts):
        """`expected` is None where only ours can be compared with."""
        ours, words = verdicts.pop("mailprobe")
        problems, notes = [], []
        if expected is not None and ours != expected:
            problems.append(f"mailprobe: {ours} ({words}), but the case was made for {expected}")
        for peer, (verdict, why) in verdicts.items():
            if verdict == (ours if expected is None else expected):
                continue
            table = getattr(disagreements, kind)
            row, decided = disagreements.named(table, peer, case.traits() | {why})
            self.disagreed[peer] = self.disagreed.get(peer, 0) + 1
            if row is None:
                problems.append(f"{peer}: {verdict} ({why}), mailprobe: {ours} ({words}); not named in disagreements.py")
            else:
                self.used.add((kind, row))
                notes.append(f"{peer}: {verdict}; {decided}")
        self.case(f"{kind} {case.describe()}", problems, notes)

    def unused_rows(self):
        unused = [f"{kind}: {row[0]} {row[1]}" for kind in ("DKIM", "SPF")
                  for i, row in enumerate(getattr(disagreements, kind)) if (kind, i) not in self.used]
        self.case("every named disagreement occurs", [f"nobody disagrees any more: {each}" for each in unused], [])


def verdict(results, count):
    """The list of passes and the words of all; results of another length are no verdict of these signatures."""
    passes = [passed for passed, _ in results]
    return passes if len(passes) == count else f"{len(passes)} signatures", "; ".join(words for _, words in results)


def judge_dkim(report, binary, folder, cases):
    zone = Zone()
    files = []
    for case in cases:
        for name, records in case.records.items():
            for record in records:
                zone.add(name, "TXT", record)
        files.append(os.path.join(folder, f"{case.number:04}.eml"))
        with open(files[-1], "wb") as file:
            file.write(case.message)
    ours, perl = peers.Ours(binary, folder, zone).dkim(files), peers.mail_dkim(files, zone, folder)
    opendkim = peers.OpenDkim(folder, zone)
    for i, case in enumerate(cases):
        judged = {"mailprobe": ours[i], "dkimpy": peers.dkimpy(case, zone), "OpenDKIM": opendkim.verify(case)}
        if case.all_rsa():
            judged["Mail::DKIM"] = perl[i]  # Debian's knows no Ed25519 (RFC 8463)
        report.compare("DKIM", case, case.expected, {who: verdict(results, len(case.expected)) for who, results in judged.items()})


def judge_spf(report, binary, folder, seed):
    zone = Zone()
    cases = spf_cases.generate(seed, zone)
    ours, pyspf = peers.Ours(binary, folder, zone), peers.PySpf(zone)
    for case in cases:
        report.compare("SPF", case, case.expected, {"mailprobe": ours.spf(case), "pyspf": pyspf.judge(case),
                                                    "pyspf, terms counted": pyspf.judge(case, peers.TermsCounted)})


def main(arguments):
    start = time.monotonic()
    seed = int(arguments[1]) if len(arguments) > 1 else SEED
    folder = tempfile.mkdtemp(prefix="mailprobe-differential.")
    report = Report()
    try:
        judge_dkim(report, arguments[0], folder, dkim_cases.generate(seed))
        judge_spf(report, arguments[0], folder, seed)
        report.unused_rows()
    finally:
        if os.environ.get("KEEP"):
            print(f"# kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"1..{report.count}")
    counts = ", ".join(f"{peer} {count}" for peer, count in sorted(report.disagreed.items()))
    print(f"# seed {seed}, {time.monotonic() - start:.1f} s; cases in which others differ: {counts or 'none'}")
    print(f"{report.count - report.failed} passed, {report.failed} failed")
    return 1 if report.failed else 0


sys.exit(main(sys.argv[1:]))
