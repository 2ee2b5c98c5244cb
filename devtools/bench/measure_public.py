"""The public pages, as telephones ask for them: 8 clients, a server of 2 workers."""

import contextlib
import itertools
import random
import re
import statistics
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from ..console import Problem
from ..instance import free_port

ROWS = {}
CLIENTS, WORKERS, REQUESTS = 8, 2, 160
#: Seconds before which a form isn't taken: nobody fills it in faster.
MINIMUM_AGE = 2.5
START = 120
KEY = re.compile(r'name="(?:form_key|csrf_token)"\s+value="([^"]+)"')


def row(label, target):
    """Register a function that returns {contender: (client, number) → request}."""

    def register(function):
        ROWS[function.__name__] = (label, target, function)
        return function

    return register


def wanted(rows):
    """Return which of our rows were asked for."""
    return [name for name in ROWS if not rows or name in rows]


def main(bench, facts, names):
    """Measure the rows on a server of their own."""
    results = []
    with serving(bench) as site:
        site.facts = facts
        for name in names:
            label, target, function = ROWS[name]
            seconds, late = {}, {}
            for contender, thunk in function(site).items():
                for client in range(CLIENTS):  # fills caches; OCA's fail side by side
                    thunk(client)
                seconds[contender], late[contender] = load(thunk, REQUESTS)
            p95 = ", ".join(f"{who} {1000 * late[who]:.0f} ms" for who in late)
            result = {"name": name, "label": f"{label} (p95: {p95})", "target": target}
            results.append({**result, "seconds": seconds, "queries": {"ours": "–"}})
    return results


def load(thunk, count):
    """Return the seconds a request takes of the server, and the 95th percentile."""
    numbers, times, errors = itertools.count(), [], []

    def work(client):
        while next(numbers) < count and not errors:
            start = time.perf_counter()
            try:
                thunk(client)
            except Exception as error:  # told by the main thread
                errors.append(error)
            times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    passed = (time.perf_counter() - start) / len(times)
    return passed, statistics.quantiles(times, n=20)[-1]


class Stay(urllib.request.HTTPRedirectHandler):
    """Doesn't follow: the page behind is another row."""

    def redirect_request(self, *_args):
        """Return nothing to ask for."""
        return None


class Site:
    """A running server, and who asks it."""

    def __init__(self, base):
        self.base = base
        self.clients = [self._client() for _index in range(CLIENTS)]

    def _client(self):
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        return urllib.request.build_opener(cookies, Stay)

    def ask(self, client, path, data=None):
        """Return status and text; every request comes from another address."""
        body = data and urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.base + path, body)
        address = ".".join(str(random.randint(1, 250)) for _part in range(4))
        request.add_header("X-Forwarded-For", address)
        request.add_header("X-Forwarded-Host", "feedback.example.com")
        try:
            with self.clients[client].open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            return error.code, error.headers.get("Location") or text

    def get(self, path):
        """Return what asks for a page."""
        return lambda client: self._expect(200, *self.ask(client, path))

    def send(self, path, data):
        """Return what sends a form; ``data`` is called for each."""
        return lambda client: self._expect(303, *self.ask(client, path, data(client)))

    def _expect(self, expected, status, text):
        # Odoo's own redirects, which OCA uses, say 302.
        if status != expected and (expected, status) != (303, 302):
            text = re.sub(r"(?s)<(style|script).*?</\1>|<[^>]*>|\s+", " ", text)
            raise Problem(f"{status} instead of {expected}: {text.strip()[-600:]}")
        return text

    def key(self, client, path):
        """Return the key that the form at ``path`` wants back."""
        return KEY.search(self.ask(client, path)[1]).group(1)


def logged_in(site):
    """Return clients that have a login, which OCA's pages need."""
    customer, login = Site(site.base), site.facts["login"]
    for client in range(CLIENTS):
        data = {"csrf_token": customer.key(client, "/web/login")}
        customer.ask(client, "/web/login", {**data, "login": login, "password": login})
    return customer


@contextlib.contextmanager
def serving(bench):
    """Run a server of two workers behind what looks like a proxy."""
    port = free_port()
    options = ["--workers", WORKERS, "--max-cron-threads", 0, "--proxy-mode"]
    options += ["--http-port", port, "--gevent-port", free_port()]
    options += ["-d", bench.database, "--log-level", "warn"]
    command = bench.command(*options, limit_time_real=600, limit_time_cpu=600)
    log = (bench.folder / "public.log").open("w")
    process = subprocess.Popen(
        list(map(str, command)), env=bench.environment(), stdout=log, stderr=log
    )
    try:
        site = Site(f"http://127.0.0.1:{port}")
        wait(site, process)
        yield site
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def wait(site, process):
    """Wait until the server answers."""
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            site.ask(0, "/web/health")
            return
        time.sleep(0.5)
    raise Problem("the server of the public pages doesn't start, see public.log")


@row("public form opened, 8 clients, 2 workers", "≥ 1.0 × bare")
def public_form(site):
    """The page behind a code, a form in the portal's layout, OCA's new ticket."""
    thunks = {name: site.get(site.facts["form"]) for name in ("ours",)}
    thunks["bare"] = site.get("/bench/form")
    thunks["oca"] = logged_in(site).get("/new/ticket")
    return thunks


@row("public form sent, 8 clients, 2 workers", "≥ 0.6 × bare, ≥ 2 × OCA, p95 < 250 ms")
def public_send(site):
    """A case with five clocks and its acknowledgement, a bare record, a ticket."""
    facts, words = site.facts, {"description": "Squeals\nstill", "name": "Wang"}
    count = REQUESTS + 4 * CLIENTS
    keys = [site.key(n % CLIENTS, facts["form"]) for n in range(count)]
    numbers = itertools.count()
    time.sleep(MINIMUM_AGE)
    bare = {n: site.key(n, "/bench/form") for n in range(CLIENTS)}

    def ours(_client):
        number = next(numbers)
        contact = {"phone": f"139{number:08}", "email": f"w{number}@example.com"}
        rows = {"kind": facts["kind"], "category": facts["category"]}
        return {**words, **contact, **rows, "form_key": keys.pop()}

    def sent_bare(client):
        own = {"subject": "Brakes", "phone": "139", "stage": facts["stage"]}
        return {**words, **own, "csrf_token": bare[client]}

    thunks = {
        "ours": site.send(facts["send"], ours),
        "bare": site.send("/bench/send", sent_bare),
    }
    customer = logged_in(site)
    oca = {n: customer.key(n, "/new/ticket") for n in range(CLIENTS)}

    def ticket(client):
        own = {"subject": "Brakes", "team": facts["team"]}
        return {**words, **own, "csrf_token": oca[client]}

    thunks["oca"] = customer.send("/submitted/ticket", ticket)
    return thunks


@row("page of a case by its token, 8 clients, 2 workers", "≥ 1.5 × OCA")
def public_case(site):
    """What the customer keeps: number, stage, dates."""
    facts = site.facts
    key = site.key(0, facts["form"])
    time.sleep(MINIMUM_AGE)
    data = {"form_key": key, "description": "Squeals", "phone": "13900001111"}
    data |= {"kind": facts["kind"], "category": facts["category"]}
    _status, url = site.ask(0, facts["send"], data)
    path = urllib.parse.urlsplit(url)._replace(scheme="", netloc="").geturl()
    return {"ours": site.get(path), "oca": logged_in(site).get(facts["ticket"])}
