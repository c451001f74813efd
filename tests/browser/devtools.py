"""A headless Chromium, spoken to by the DevTools protocol over a pair of pipes (--remote-debugging-pipe): JSON messages
that end with a NUL. No driver, no socket, no package beside the browser. Each tab is a session; what it said between two
calls is in its `events`."""
import collections, fcntl, json, os, select, shutil, signal, subprocess, tempfile, time

PATIENCE = 60  # seconds for one answer: a page that hangs is a failure, a busy machine is not

# Nothing of the browser's own may call out, and no two runs may differ by what was kept.
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--mute-audio",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe"]


class Refused(Exception):
    pass


def above(descriptor):
    """A copy that is not in the way of 3 and 4, where the browser looks for its pipes."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return copy


class Browser:
    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="mailprobe-browser.")
        its_in, self.out = map(above, os.pipe())
        self.into, its_out = map(above, os.pipe())

        def pipes():
            os.dup2(its_in, 3)
            os.dup2(its_out, 4)

        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"], preexec_fn=pipes, close_fds=False,
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(its_in)
        os.close(its_out)
        self.rest, self.last, self.tabs = b"", 0, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.out)
        os.close(self.into)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for _ in range(20):  # its last process may still write
            shutil.rmtree(self.profile, ignore_errors=True)
            if not os.path.exists(self.profile):
                return
            time.sleep(0.05)

    def call(self, method, parameters=None, session=None):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive(method)
            if answer.get("id") != self.last:
                continue
            if "error" in answer:
                raise Refused(f"{method}: {answer['error'].get('message')}")
            return answer["result"]

    def receive(self, waiting_for):
        """The next message; one that is no answer goes to the tab that it comes from."""
        while b"\0" not in self.rest:
            if not select.select([self.into], [], [], PATIENCE)[0]:
                raise Refused(f"{waiting_for}: no answer in {PATIENCE} s")
            more = os.read(self.into, 1 << 20)
            if not more:
                raise Refused(f"{waiting_for}: the browser is gone")
            self.rest += more
        one, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(one)
        if "method" in message and message.get("sessionId") in self.tabs:
            self.tabs[message["sessionId"]].events[message["method"]].append(message["params"])
        return message

    def tab(self):
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        return Tab(self, target, self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"])


class Tab:
    def __init__(self, browser, target, session):
        self.browser, self.target, self.session = browser, target, session
        self.events = collections.defaultdict(list)
        browser.tabs[session] = self
        for domain in ("Page", "Runtime", "Log", "Network", "Security"):
            self.call(domain + ".enable")

    def call(self, method, **parameters):
        return self.browser.call(method, parameters, self.session)

    def look(self, width, scheme, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme},
                                                          {"name": "prefers-reduced-motion", "value": "reduce"}])

    def open(self, path):
        self.events.clear()
        wrong = self.call("Page.navigate", url="file://" + os.path.abspath(path)).get("errorText")
        if wrong:
            raise Refused(f"{path}: {wrong}")
        while not self.events["Page.loadEventFired"]:
            self.browser.receive("load")

    def ask(self, expression):
        """What a JavaScript expression comes to, awaited. It runs whatever the page's policy says."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise Refused(str(answer["exceptionDetails"].get("exception", {}).get("description", answer))[:500])
        return answer["result"].get("value")

    def close(self):
        self.browser.call("Target.closeTarget", {"targetId": self.target})
        del self.browser.tabs[self.session]
