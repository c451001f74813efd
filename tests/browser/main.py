"""See the head of tests/browser/run."""
import base64, concurrent.futures, glob, os, shutil, subprocess, sys, tempfile, time

import devtools
import faults

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
AXE = os.path.join(ROOT, "build", "aside", "axe-core", "axe.min.js")
WIDTHS = (390, 800, 1024, 1920)
SCHEMES = ("light", "dark")
MOST_FOR_AXE = 400_000
OPEN = "for (const fold of document.querySelectorAll('details')) fold.open = true; 0"

# What the program writes about the lab: each kind of page.
RUNS = {
    "delivered": ["send", "--to", "reflector@target.test"],
    "altered": ["send", "--to", "reflector@footer.test"],
    "answered": ["send", "--to", "responder@target.test", "--reply"],
    "refused": ["send", "--to", "tls10@old-tls.test"],
    "nowhere": ["send", "--to", "reflector@no-such-domain.test"],
    "inspected": ["inspect", "dane.test"],
    "domains": ["inspect", "target.test", "bad-cert.test", "no-such-domain.test"],
    "mecsa": ["run", "mecsa", "--to", "reflector@target.test"],
    "survival": ["run", "dkim-survival", "--to", "reflector@target.test"],
    "doctor": ["doctor"],
}


class Skipped(Exception):
    pass


class Cases:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.took = []

    def run(self, name, case):
        began = time.monotonic()
        self.judge(name, case)
        self.took.append((time.monotonic() - began, name))

    def judge(self, name, case):
        try:
            wrong = case()
        except Skipped as why:
            self.skipped += 1
            return print(f"ok {self.count()} - {name} # SKIP {why}", flush=True)
        except devtools.Refused as refused:
            wrong = [str(refused)]
        if wrong:
            self.failed += 1
        else:
            self.passed += 1
        print(f"{'not ok' if wrong else 'ok'} {self.count()} - {name}", flush=True)
        for line in wrong[:20]:
            print("  # " + line.replace("\n", "\n  # "))

    def count(self):
        return self.passed + self.failed + self.skipped


def reports(binary, folder):
    """The lab's, all at once. What the program's exit status says is not asked here."""
    def one(name):
        home = os.path.join(folder, "home-" + name)
        os.mkdir(home)
        page = os.path.join(folder, name + ".html")
        done = subprocess.run([binary, "--lab", *RUNS[name], "--html", page, "--quiet"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
                              env={**os.environ, "HOME": home, "XDG_DATA_HOME": home, "XDG_STATE_HOME": home})
        if not os.path.exists(page):
            sys.exit(f"mailprobe --lab {' '.join(RUNS[name])} wrote no report:\n{done.stdout}")
        return name, page

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(pool.map(one, RUNS))


def heard(tab, page):
    """What the page said or fetched while it was open."""
    wrong = [f"console: {' '.join(str(a.get('value')) for a in said['args'])[:300]}" for said in tab.events["Runtime.consoleAPICalled"]]
    wrong += [f"log: {entry['entry']['text'][:300]}" for entry in tab.events["Log.entryAdded"]]
    wrong += [f"exception: {thrown['exceptionDetails']['text']}" for thrown in tab.events["Runtime.exceptionThrown"]]
    wrong += [f"a dialog: {dialog['message']}" for dialog in tab.events["Page.javascriptDialogOpening"]]
    wanted = [sent["request"]["url"] for sent in tab.events["Network.requestWillBeSent"]]
    return wrong + [f"asks for {url[:200]}" for url in wanted if url != "file://" + page]


def looked_at(tab, page, width, scheme, checks):
    tab.look(width, scheme)
    tab.open(page)
    tab.ask(OPEN)
    return [f"{width} {scheme}: {line}" for line in tab.ask(checks) + heard(tab, page)]


def everywhere(tab, page, checks, shots=None):
    wrong = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            wrong += looked_at(tab, page, width, scheme, checks)
            if shots:
                shot(tab, page, os.path.join(shots, f"{os.path.basename(page)[:-5]}-{width}-{scheme}.png"))
    return wrong


def shot(tab, page, path):
    tab.open(page)  # folded
    tall = int(min(tab.ask("document.documentElement.scrollHeight"), 12000))
    data = tab.call("Page.captureScreenshot", captureBeyondViewport=True,
                    clip={"x": 0, "y": 0, "width": tab.ask("innerWidth"), "height": tall, "scale": 1})["data"]
    with open(path, "wb") as file:
        file.write(base64.b64decode(data))


def axe(tab, page):
    if not os.path.exists(AXE):
        raise Skipped("axe-core is not there: tools/packages test fetches it where npm is")
    with open(AXE) as file:
        program = file.read()
    wrong = []
    for scheme in SCHEMES:
        tab.look(1024, scheme)
        tab.open(page)
        if os.path.getsize(page) < MOST_FOR_AXE:  # else folded: it takes its time for each element that is shown
            tab.ask(OPEN)
        tab.ask(program + "; 0")
        only = "" if scheme == SCHEMES[0] else ", runOnly: ['color-contrast']"  # all else is the same in the dark
        wrong += tab.ask("axe.run({resultTypes: ['violations']" + only + """}).then(({violations}) => violations.map(
            ({id, help, nodes}) => `${id}: ${help}: ${nodes.length}, ${nodes[0].html.slice(0, 200)}`))""")
    return wrong


def links(tab, page):
    """A click on each link brings its target into the window, out of its fold where it is in one."""
    tab.look(1024, "light")
    tab.open(page)
    if tab.ask("document.querySelectorAll('a[href]').length") == 0:
        return ["no link in the page"]
    return tab.ask("""(async () => {
      const wrong = [];
      for (const link of [...document.querySelectorAll('a[href]')].slice(0, 40)) {
        const name = link.getAttribute('href');
        if (!name.startsWith('#')) { wrong.push('leads out of the page: ' + name); continue; }
        const target = document.getElementById(name.slice(1));
        if (!target) { wrong.push('leads nowhere: ' + name); continue; }
        const seen = () => {
          const {top, bottom} = target.getBoundingClientRect();
          return target.checkVisibility() && bottom > 0 && top < innerHeight;
        };
        scrollTo(0, target.offsetTop > document.body.scrollHeight / 2 ? 0 : document.body.scrollHeight);
        link.click();
        for (let frame = 0; frame < 100 && !seen(); ++frame) await new Promise(requestAnimationFrame);
        if (!seen()) wrong.push('is not brought into the window: ' + name);
      }
      return wrong; })()""")


def keyboard(tab, page):
    """Tab goes through what can be used in the order of the page, each with a ring around it; Enter skips and unfolds."""
    tab.look(1024, "light")
    tab.open(page)
    count = tab.ask("(window.can = [...document.querySelectorAll('a[href],summary,input,[tabindex]')].filter((e) => e.checkVisibility())).length")
    wrong = []

    def press(key, code):
        for kind in ("rawKeyDown", "keyUp"):
            tab.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)
        return tab.ask("can.indexOf(document.activeElement)")

    for index in range(min(count, 60)):
        at = press("Tab", 9)
        if at != index:
            wrong.append(f"Tab number {index + 1} comes to element {at + 1}")
            break
        if tab.ask("getComputedStyle(document.activeElement).outlineStyle") == "none":
            wrong.append("no ring around " + tab.ask("document.activeElement.outerHTML.slice(0, 120)"))
    tab.ask("document.querySelector('summary')?.focus(); 0")
    tab.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    if tab.ask("document.querySelector('details')?.open") is False:
        wrong.append("Enter does not unfold")
    return wrong + ([] if count > 3 else ["hardly anything can be used"])


def filtered(tab, page):
    """What holds goes away and what is wrong stays, without a script."""
    tab.look(1024, "light")
    tab.open(page)
    counts = """(() => { const seen = (what) => [...document.querySelectorAll(what)].filter((e) => e.checkVisibility()).length;
      return [seen('#findings .held li'), seen('#findings .finding')]; })()"""
    before = tab.ask(counts)
    tab.ask("document.querySelector('#findings .only-wrong').click(); 0")
    after = tab.ask(counts)
    good = before[0] > 0 and before[1] > 0 and after == [0, before[1]]
    return [] if good else [f"lines that hold and findings that do not: {before}, then {after}"]


def paper(tab, page, most_pages):
    """In print what is folded stays so, what was unfolded is there, and the text is dark on white whatever the screen has."""
    tab.look(1024, "dark")
    tab.open(page)
    made = base64.b64decode(tab.call("Page.printToPDF", printBackground=True)["data"])
    pages = made.count(b"/Type /Page\n")
    wrong = [] if made.startswith(b"%PDF-") and 1 <= pages <= most_pages else [f"{pages} pages, of at most {most_pages}"]
    tab.ask("document.querySelector('details').open = true; 0")
    tab.call("Emulation.setEmulatedMedia", media="print")
    printed = tab.ask("""[...document.querySelectorAll('details')].map((fold) =>
        [fold.open, [...fold.children].some((e) => e.tagName !== 'SUMMARY' && e.checkVisibility({contentVisibilityAuto: false}))])""")
    tab.call("Emulation.setEmulatedMedia", media="")
    return wrong + [f"a fold that is {'open' if fold else 'closed'} prints otherwise" for fold, seen in printed if fold != seen]


# No element that no template of ours writes.
STRANGE = """[...document.querySelectorAll('*')].filter((e) => ['script', 'img', 'iframe', 'object', 'embed', 'link', 'x', 'form',
  'audio', 'video', 'base'].includes(e.localName) || [...e.attributes].some((a) => a.name.startsWith('on')
  || /^\\s*(javascript|data|https?):/i.test(a.value) && a.name !== 'content')).map((e) => e.outerHTML.slice(0, 200))"""


def hostile(tab, page, checks):
    """Without the page's policy, which forbids scripts: escaping alone has to be enough. One of each kind with it, too."""
    wrong = []
    looks = [(390, True)] + ([(1024, False)] if page.count("-") == os.path.dirname(page).count("-") + 1 else [])
    for width, bypass in looks:
        tab.call("Page.setBypassCSP", enabled=bypass)
        tab.look(width, "light")
        tab.open(page)
        tab.ask(OPEN)
        wrong += [f"a strange element: {element}" for element in tab.ask(STRANGE)]
        wrong += [f"{width}: {line}" for line in tab.ask(checks) + heard(tab, page)]
    tab.call("Page.setBypassCSP", enabled=False)
    return wrong


def main(binary, pages, shots=None):
    chromium = shutil.which("chromium")
    if not chromium:
        print("1..0 # SKIP chromium is not there: tools/packages test installs it\n0 passed, 0 failed, 1 skipped")
        return 0
    folder = tempfile.mkdtemp(prefix="mailprobe-pages.")
    cases = Cases()
    try:
        with open(os.path.join(HERE, "checks.js")) as file:
            checks = file.read()
        subprocess.run([os.path.abspath(pages), folder], check=True)
        known = sorted(glob.glob(os.path.join(folder, "*.html")))
        lab = reports(os.path.abspath(binary), folder)
        if shots:
            os.makedirs(shots, exist_ok=True)
        with devtools.Browser(chromium) as browser:
            tab = browser.tab()
            for name, what in faults.ALL.items():
                cases.run(f"is found: {name}", lambda: faults.missed(tab, folder, what, checks, looked_at, STRANGE))
            for name, page in lab.items():
                cases.run(f"{name}: widths and schemes", lambda: everywhere(tab, page, checks, shots))
                cases.run(f"{name}: axe", lambda: axe(tab, page))
            for name, most_pages in (("delivered", 14), ("domains", 24), ("survival", 16)):
                cases.run(f"{name}: links", lambda: links(tab, lab[name]))
                cases.run(f"{name}: keyboard", lambda: keyboard(tab, lab[name]))
                cases.run(f"{name}: on paper", lambda: paper(tab, lab[name], most_pages))
            cases.run("altered: only what is wrong", lambda: filtered(tab, lab["altered"]))
            for index, page in enumerate(path for path in known if "hostile-" not in path):
                width, scheme = WIDTHS[index % 3], SCHEMES[index // 3 % 2]
                cases.run(f"{os.path.basename(page)}: {width} {scheme}", lambda: looked_at(tab, page, width, scheme, checks))
            for page in (path for path in known if "hostile-" in path):
                cases.run(os.path.basename(page), lambda: hostile(tab, page, checks))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("# the longest: " + ", ".join(f"{name} {took:.1f} s" for took, name in sorted(cases.took, reverse=True)[:5]))
    print(f"1..{cases.count()}\n{cases.passed} passed, {cases.failed} failed, {cases.skipped} skipped")
    return 1 if cases.failed or not cases.passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
