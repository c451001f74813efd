"""SPF: records and questions. Named ones know their result; random ones are only compared."""
import random
from zone import reverse_name

V4, V6 = "192.0.2.17", "2001:db8::17"


class Case:
    def __init__(self, number, zone, name, expected=None, ip=V4, mail_from=None, helo=None):
        self.domain, self.zone, self.twist, self.expected, self.ip = f"n{number}.test", zone, name, expected, ip
        self.mail_from = f"user@{self.domain}" if mail_from is None else mail_from.format(self.domain)
        self.helo = (helo or "mail.{}").format(self.domain)
        self.record_text = ""

    def add(self, name, kind, value):
        """Names and texts hold {} for the case's own domain."""
        fill = lambda text: text.replace("{}", self.domain) if isinstance(text, str) else text
        whole = type(value)(fill(each) for each in value) if isinstance(value, (tuple, list)) else fill(value)
        self.zone.add(fill(name), kind, whole)
        if kind == "TXT" and fill(name) == self.domain:
            self.record_text = whole if isinstance(whole, str) else "".join(whole)

    def traits(self):
        return {self.twist}

    def describe(self):
        return f"{self.twist} ({self.ip}, {self.mail_from or '<>'}: {self.record_text})"


# name: (expected, record, other records, question). {} is the domain; "sub" stands for "sub.{}".
NAMED = {
    "all": ("fail", "-all", [], {}), "soft": ("softfail", "~all", [], {}), "neutral": ("neutral", "?all", [], {}),
    "plus": ("pass", "+all", [], {}), "no mechanism": ("neutral", "", [], {}), "case": ("fail", "IP4:198.51.100.1 -ALL", [], {}),
    "several spaces": ("fail", "  a    -all  ", [], {}), "ip4": ("pass", "ip4:192.0.2.17 -all", [], {}),
    "ip4 net": ("pass", "ip4:192.0.2.0/24 -all", [], {}), "ip4 other": ("fail", "ip4:192.0.3.0/24 -all", [], {}),
    "ip4 /0": ("pass", "ip4:10.0.0.0/0 -all", [], {}), "ip4 /33": ("permerror", "ip4:192.0.2.0/33 -all", [], {}),
    "ip4 leading zero": ("permerror", "ip4:192.0.2.0/024 -all", [], {}), "ip4 short": ("permerror", "ip4:192.0.2 -all", [], {}),
    "ip4 empty": ("permerror", "ip4: -all", [], {}), "ip4 bare": ("permerror", "ip4 -all", [], {}),
    "ip6 for v4": ("fail", "ip6:::/0 -all", [], {}), "ip6": ("pass", "ip6:2001:db8::/32 -all", [], {"ip": V6}),
    "ip6 /129": ("permerror", "ip6:::1/129 -all", [], {"ip": V6}), "ip4 for v6": ("fail", "ip4:0.0.0.0/0 -all", [], {"ip": V6}),
    "mapped v4": ("pass", "ip4:192.0.2.17 -all", [], {"ip": "::ffff:192.0.2.17"}),
    "ip6 with v4 tail": ("pass", "ip6:2001:db8::192.0.2.1/64 -all", [], {"ip": V6}), "a": ("pass", "a -all", [("{}", "A", V4)], {}),
    "a v6": ("pass", "a -all", [("{}", "AAAA", V6)], {"ip": V6}), "a other": ("fail", "a -all", [("{}", "A", "192.0.2.18")], {}),
    "a cidr": ("pass", "a/24 -all", [("{}", "A", "192.0.2.200")], {}),
    "a dual cidr": ("pass", "a:h.{}/32//64 -all", [("h.{}", "AAAA", "2001:db8::ffff")], {"ip": V6}),
    "a bad cidr": ("permerror", "a/33 -all", [("{}", "A", V4)], {}), "a nxdomain": ("fail", "a:none.{} -all", [], {}),
    "a empty": ("permerror", "a: -all", [], {}), "a numeric top label": ("permerror", "a:h.{}.123 -all", [], {}),
    "a final dot": ("pass", "a:h.{}. -all", [("h.{}", "A", V4)], {}), "a single label": ("permerror", "a:host -all", [], {}),
    "mx": ("pass", "mx -all", [("{}", "MX", (10, "m1.{}")), ("{}", "MX", (20, "m2.{}")), ("m1.{}", "A", "192.0.2.1"), ("m2.{}", "A", V4)], {}),
    "mx cidr": ("pass", "mx/24 -all", [("{}", "MX", (10, "m1.{}")), ("m1.{}", "A", "192.0.2.1")], {}), "mx none": ("fail", "mx -all", [], {}),
    "mx no A fallback": ("fail", "mx -all", [("{}", "A", V4)], {}),
    "mx of other": ("pass", "mx:o.{} -all", [("o.{}", "MX", (0, "m.{}")), ("m.{}", "A", V4)], {}),
    "mx ten": ("pass", "mx -all",
        [("{}", "MX", (i, f"m{i}.{{}}")) for i in range(10)] + [(f"m{i}.{{}}", "A", f"192.0.2.{8 + i}") for i in range(10)], {}),
    "mx eleven": ("permerror", "mx -all",
        [("{}", "MX", (i, f"m{i}.{{}}")) for i in range(11)] + [(f"m{i}.{{}}", "A", f"192.0.2.{107 + i}") for i in range(11)], {}),
    "mx of dead hosts": ("fail", "mx -all", [("{}", "MX", (i, f"dead{i}.{{}}")) for i in range(4)], {}),
    "include pass": ("pass", "include:i.{} -all", [("i.{}", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")], {}),
    "include fail": ("softfail", "include:i.{} ~all", [("i.{}", "TXT", "v=spf1 -all")], {}),
    "include neutral": ("fail", "include:i.{} -all", [("i.{}", "TXT", "v=spf1 ?all")], {}),
    "include none": ("permerror", "include:i.{} -all", [], {}),
    "include bad": ("permerror", "include:i.{} -all", [("i.{}", "TXT", "v=spf1 nonsense -all")], {}),
    "include qualifier": ("fail", "-include:i.{} +all", [("i.{}", "TXT", "v=spf1 +all")], {}),
    "include loop": ("permerror", "include:{} -all", [], {}),
    "include with redirect": ("pass", "include:i.{} -all",
        [("i.{}", "TXT", "v=spf1 redirect=r.{}"), ("r.{}", "TXT", "v=spf1 a:h.{} -all"), ("h.{}", "A", V4)], {}),
    "include empty": ("permerror", "include: -all", [], {}), "include cidr": ("permerror", "include:i.{}/24 -all", [], {}),
    "include d": ("pass", "include:i.{} -all", [("i.{}", "TXT", "v=spf1 exists:%{d}.x.{} -all"), ("i.{}.x.{}", "A", "127.0.0.2")], {}),
    "redirect": ("pass", "redirect=r.{}", [("r.{}", "TXT", "v=spf1 ip4:192.0.2.17 -all")], {}),
    "redirect after match": ("fail", "-all redirect=r.{}", [("r.{}", "TXT", "v=spf1 +all")], {}),
    "redirect none": ("permerror", "redirect=r.{}", [], {}),
    "redirect twice": ("permerror", "redirect=r.{} redirect=r.{}", [("r.{}", "TXT", "v=spf1 +all")], {}),
    "redirect in front": ("softfail", "redirect=r.{} ip4:10.0.0.1", [("r.{}", "TXT", "v=spf1 ~all")], {}),
    "redirect empty": ("permerror", "redirect=", [], {}), "redirect loop": ("permerror", "redirect={}", [], {}),
    "redirect unused, target missing": ("pass", "+all redirect=none.{}", [], {}),
    "redirect macro": ("pass", "redirect=%{l}.r.{}", [("user.r.{}", "TXT", "v=spf1 +all")], {}),
    "exists": ("pass", "exists:e.{} -all", [("e.{}", "A", "127.0.0.2")], {}),
    "exists v6 asks A": ("pass", "exists:e.{} -all", [("e.{}", "A", "127.0.0.2")], {"ip": V6}),
    "exists only AAAA": ("fail", "exists:e.{} -all", [("e.{}", "AAAA", V6)], {"ip": V6}),
    "exists cidr": ("permerror", "exists:e.{}/24 -all", [], {}),
    "ptr": ("pass", "ptr -all", [(reverse_name("192.0.2.21"), "PTR", "h.{}"), ("h.{}", "A", "192.0.2.21")], {"ip": "192.0.2.21"}),
    "ptr other": ("fail", "ptr -all",
        [(reverse_name("192.0.2.22"), "PTR", "h.elsewhere.test"), ("h.elsewhere.test", "A", "192.0.2.22")], {"ip": "192.0.2.22"}),
    "ptr not confirmed": ("fail", "ptr -all", [(reverse_name("192.0.2.23"), "PTR", "h.{}"), ("h.{}", "A", "192.0.2.99")], {"ip": "192.0.2.23"}),
    "ptr suffix only": ("fail", "ptr -all", [(reverse_name("192.0.2.24"), "PTR", "hx{}"), ("hx{}", "A", "192.0.2.24")], {"ip": "192.0.2.24"}),
    "ptr v6": ("pass", "ptr:{} -all",
        [(reverse_name("2001:db8::25"), "PTR", "h.{}"), ("h.{}", "AAAA", "2001:db8::25")], {"ip": "2001:db8::25"}),
    "ptr none": ("fail", "ptr -all", [], {"ip": "192.0.2.26"}), "ptr void": ("permerror", "ptr a:v1.{} a:v2.{} +all", [], {"ip": "192.0.2.30"}),
    "ptr void, within": ("pass", "ptr a:v1.{} +all", [], {"ip": "192.0.2.31"}),
    "ptr eleventh": ("fail", "ptr -all",
        [(reverse_name("192.0.2.27"), "PTR", f"o{i}.other.test") for i in range(10)] + [(reverse_name("192.0.2.27"), "PTR", "h.{}"), ("h.{}", "A", "192.0.2.27")], {"ip": "192.0.2.27"}),
    "macro p": ("pass", "exists:%{p}.x.{} -all",
        [(reverse_name("192.0.2.28"), "PTR", "h.{}"), ("h.{}", "A", "192.0.2.28"), ("h.{}.x.{}", "A", "127.0.0.2")], {"ip": "192.0.2.28"}),
    "macro p unknown": ("pass", "exists:%{p}.x.{} -all", [("unknown.x.{}", "A", "127.0.0.2")], {"ip": "192.0.2.29"}),
    "terms ten": ("pass", " ".join(f"a:h{i}.{{}}" for i in range(10)) + " +all", [(f"h{i}.{{}}", "A", "192.0.2.99") for i in range(10)], {}),
    "terms eleven": ("permerror", " ".join(f"a:h{i}.{{}}" for i in range(11)) + " +all",
        [(f"h{i}.{{}}", "A", "192.0.2.99") for i in range(11)], {}),
    "terms over includes": ("permerror", "include:i.{} include:i.{} include:i.{} +all",
        [("i.{}", "TXT", "v=spf1 a:h.{} a:h.{} a:h.{} -all"), ("h.{}", "A", "192.0.2.99")], {}),
    "redirect counts": ("permerror", " ".join(f"a:h{i}.{{}}" for i in range(10)) + " redirect=r.{}",
        [(f"h{i}.{{}}", "A", "192.0.2.99") for i in range(10)] + [("r.{}", "TXT", "v=spf1 +all")], {}),
    "void two": ("pass", "a:v1.{} a:v2.{} +all", [], {}), "void three": ("permerror", "a:v1.{} a:v2.{} a:v3.{} +all", [], {}),
    "void exists": ("permerror", "exists:v1.{} exists:v2.{} exists:v3.{} +all", [], {}),
    "void mx": ("permerror", "mx:v1.{} mx:v2.{} mx:v3.{} +all", [], {}),
    "match before limit": ("pass", "ip4:192.0.2.17 a:v1.{} a:v2.{} a:v3.{} -all", [], {}),
    "void nodata": ("permerror", "a:v.{} a:v.{} a:w.{} +all", [("v.{}", "TXT", "x"), ("w.{}", "TXT", "x")], {}),
    "unknown mechanism": ("permerror", "foo -all", [], {}), "unknown after match": ("permerror", "+all foo", [], {}),
    "unknown modifier": ("fail", "foo=bar -all", [], {}), "unknown modifier bad macro": ("permerror", "foo=%{z} -all", [], {}),
    "modifier name odd": ("fail", "x-1_a.b=c -all", [], {}), "modifier name digit": ("permerror", "1x=c -all", [], {}),
    "all argument": ("permerror", "all:x -all", [], {}), "two qualifiers": ("permerror", "--all", [], {}),
    "exp": ("fail", "exp=e.{} -all", [("e.{}", "TXT", "no %{s}")], {}), "exp missing": ("fail", "exp=none.{} -all", [], {}),
    "exp empty": ("permerror", "exp= -all", [], {}), "exp twice": ("permerror", "exp=e.{} exp=e.{} -all", [], {}),
    "non-ASCII": ("permerror", "-all \xe9", [], {}), "tab": ("permerror", "a:h.{}\t-all", [], {}),
    "macro s": ("pass", "exists:%{s}.x.{} -all", [("user@{}.x.{}", "A", "127.0.0.2")], {}),
    "macro l": ("pass", "exists:%{l}.x.{} -all", [("user.x.{}", "A", "127.0.0.2")], {}),
    "macro o": ("pass", "exists:%{o}.x.{} -all", [("{}.x.{}", "A", "127.0.0.2")], {}), "macro d1r": ("pass", "exists:%{d1r}.x.{} -all", [], {}),
    "macro i": ("pass", "exists:%{i}.x.{} -all", [("192.0.2.17.x.{}", "A", "127.0.0.2")], {}),
    "macro ir": ("pass", "exists:%{ir}.%{v}.x.{} -all", [("17.2.0.192.in-addr.x.{}", "A", "127.0.0.2")], {}),
    "macro ir v6": ("pass", "exists:%{ir}.%{v}.x.{} -all", [(reverse_name(V6)[:-9] + ".ip6.x.{}", "A", "127.0.0.2")], {"ip": V6}),
    "macro h": ("pass", "exists:%{h}.x.{} -all", [("mail.{}.x.{}", "A", "127.0.0.2")], {}),
    "macro l-": ("pass", "exists:%{l1r-}.x.{} -all", [("a.x.{}", "A", "127.0.0.2")], {"mail_from": "a-b-c@{}"}),
    "macro l+r": ("pass", "exists:%{lr+-}.x.{} -all", [("c.b.a.x.{}", "A", "127.0.0.2")], {"mail_from": "a-b+c@{}"}),
    "macro escaped": ("pass", "exists:%{L}.x.{} -all", [("a%2Bb.x.{}", "A", "127.0.0.2")], {"mail_from": "a+b@{}"}),
    "macro percent": ("pass", "exists:a%%b.x.{} -all", [("a%b.x.{}", "A", "127.0.0.2")], {}),
    "macro zero": ("permerror", "exists:%{d0}.x.{} -all", [], {}), "macro unknown": ("permerror", "exists:%{q}.x.{} -all", [], {}),
    "macro open": ("permerror", "exists:%{d.x.{} -all", [], {}), "macro bare percent": ("permerror", "exists:a%b.x.{} -all", [], {}),
    "macro t outside exp": ("permerror", "exists:%{t}.x.{} -all", [], {}),
    "macro too long": ("pass", "exists:%{l}.%{l}.%{l}.%{l}.%{l}.%{l}.x.{} -all",
        [(".".join(["a" * 50] * 4) + ".x.{}", "A", "127.0.0.2")], {"mail_from": "a" * 50 + "@{}"}),
    "macro digits over": ("pass", "exists:%{d99}.x.{} -all", [("{}.x.{}", "A", "127.0.0.2")], {}),
    "helo": ("pass", None, [("helo.{}", "TXT", "v=spf1 ip4:192.0.2.17 -all")], {"mail_from": "", "helo": "helo.{}"}),
    "helo none": ("none", None, [], {"mail_from": "", "helo": "helo.{}"}),
    "helo postmaster": ("pass", None,
        [("helo.{}", "TXT", "v=spf1 exists:%{l}.x.{} -all"), ("postmaster.x.{}", "A", "127.0.0.2")], {"mail_from": "", "helo": "helo.{}"}),
    "helo literal": ("none", None, [], {"mail_from": "", "helo": "[192.0.2.17]"}),
    "single label": ("none", None, [], {"mail_from": "user@localhost"}), "no record": ("none", None, [], {}),
    "other text": ("none", None, [("{}", "TXT", "hello"), ("{}", "TXT", "v=spf10 +all")], {}),
    "two records": ("permerror", "-all", [("{}", "TXT", "v=spf1 +all")], {}),
    "record and text": ("pass", "+all", [("{}", "TXT", "v=spf2.0/pra -all"), ("{}", "TXT", "x")], {}),
    "split strings": ("pass", None, [("{}", "TXT", ["v=spf1 ip4:192.", "0.2.17 -all"])], {}),
    "version split": ("pass", None, [("{}", "TXT", ["v=sp", "f1 +all"])], {}),
    "version upper case": ("pass", None, [("{}", "TXT", "V=SPF1 +all")], {}), "version alone": ("neutral", None, [("{}", "TXT", "v=spf1")], {}),
    "cname": ("pass", "a:c.{} -all", [("c.{}", "CNAME", "h.{}"), ("h.{}", "A", V4)], {}),
    "long label": ("fail", "a:" + "x" * 64 + ".{} -all", [], {}), "empty label": ("fail", "a:x..{} -all", [], {}),
}


def random_case(case, rng):
    """A record of one to eight terms over hosts that exist or not, with includes and a redirect as luck has it."""
    def address(): return f"192.0.2.{rng.randint(10, 24)}"

    def record(depth):
        terms = [term(depth) for _ in range(rng.randint(1, 6 if depth == 0 else 3))]
        if rng.random() < 0.25 and depth < 3:
            terms.append("redirect=" + sub_record(depth + 1))
        elif rng.random() < 0.7:
            terms.append(rng.choice("-~?+") + "all")
        return "v=spf1 " + " ".join(terms)

    def sub_record(depth):
        name = f"r{rng.randint(1, 10 ** 6)}.{case.domain}"
        if rng.random() < 0.93:
            case.add(name, "TXT", record(depth))
        return name

    def host():
        name = f"h{rng.randint(1, 10 ** 6)}.{case.domain}"
        if rng.random() < 0.8:
            case.add(name, "A", address())
        if rng.random() < 0.6:
            case.add(name, "AAAA", f"2001:db8::{rng.randint(10, 24)}")
        return name

    def term(depth):
        kind = rng.choice(["ip4", "ip6", "a", "mx", "exists", "include", "ip4", "ptr", "macro"] if depth < 3 else ["ip4", "ip6", "a"])
        sign = rng.choice(["", "", "", "-", "~", "?", "+"])
        if kind == "ip4":
            return f"{sign}ip4:{address()}" + rng.choice(["", "/32", "/30", "/28"])
        if kind == "ip6":
            return f"{sign}ip6:2001:db8::{rng.randint(10, 24)}" + rng.choice(["", "/128", "/126"])
        if kind == "mx":
            name = f"m{rng.randint(1, 10 ** 6)}.{case.domain}"
            for i in range(rng.randint(0, 3)):
                case.add(name, "MX", (i, host()))
            return f"{sign}mx:{name}" + rng.choice(["", "/30", "//126", "/30//126"])
        if kind == "include":
            return f"{sign}include:{sub_record(depth + 1)}"
        if kind == "macro":
            macro = rng.choice(["%{l}", "%{ir}", "%{i}", "%{d2}", "%{o1r}", "%{h2}", "%{lr-}", "%{v}"])
            return f"{sign}exists:{macro}.{host()}"
        return sign + "ptr" if kind == "ptr" else f"{sign}{kind}:{host()}" + (rng.choice(["", "/30", "//126"]) if kind == "a" else "")

    case.add("{}", "TXT", record(0))


def generate(seed, zone, random_cases=150):
    rng, cases = random.Random(seed), []
    for name, (expected, record, others, question) in NAMED.items():
        case = Case(len(cases), zone, name, expected, **question)
        if record is not None:
            case.add("{}", "TXT", ("v=spf1 " + record).rstrip() if name != "several spaces" else "v=spf1 " + record)
        for each in others:
            case.add(*each)
        if name == "macro d1r":
            case.add(case.domain.split(".")[0] + ".x.{}", "A", "127.0.0.2")
        cases.append(case)
    for _ in range(random_cases):
        ip = rng.choice([f"192.0.2.{rng.randint(10, 24)}", f"2001:db8::{rng.randint(10, 24)}"])
        case = Case(len(cases), zone, "random", ip=ip, mail_from=rng.choice(["a-b@{}", "user@{}", "x+y@{}"]))
        random_case(case, rng)
        cases.append(case)
    return cases
