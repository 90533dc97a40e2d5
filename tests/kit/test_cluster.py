"""`kata cohort --scheduler`: on a Dask cluster, results are what they are here,
whatever becomes of workers.
"""

import contextlib
import gzip
import re
import signal
import subprocess
import urllib.error
import urllib.request
from dataclasses import replace

import clusters
import conftest
import fresh
import msgspec
import pexpect
import psutil
import pytest
import wordings
from clusters import Cluster
from distributed import Client
from test_cohort import ONLY, OTHER, RIGHT, hand_in, stored, wait_for_results

from flaxkata import report

SECRET = "a secret 5c1e92"
PAGES = ("status", "info/main/workers.html", "info/main/logs.html", "json/counts.json", "json/identity.json", "metrics")
OF_WORKER = ("worker", "logs", "call-stacks")
LONG = pytest.mark.skipif(not wordings.EVERY, reason="it takes long; KATA_EVERY=1 tries it")
WHO = ("CLIENT", "SCHEDULER", "WORKER")


@pytest.fixture(scope="module")
def top(tmp_path_factory):
    """Submissions in `class`, the secret, and the results of a local run in
    `here`.
    """
    top = tmp_path_factory.mktemp("cluster")
    for n, learner in enumerate(("anna", "bob", "chen", "dora")):
        hand_in(top / "class", learner, {RIGHT: RIGHT.mistakes[n], OTHER: OTHER.mistakes[n]})
    hand_in(top / "class", "eva", {RIGHT: RIGHT.solution, OTHER: OTHER.solution})
    hand_in(top / "class", "finn", {RIGHT: RIGHT.stub})
    (top / "secret").write_text(f"{SECRET}\n")
    assert finish(cohort(top, "here", "--workers", "2")).returncode == 0
    return top


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two processes that grade."""
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        cluster.worker("lab", 2)
        yield cluster
    finally:
        cluster.close()


def command(top, out, *options):
    """`kata cohort`."""
    own = ["cohort", top / "class", "--out", top / out, "--secret-file", top / "secret", *ONLY]
    return [str(a) for a in (*clusters.KATA, *own, *options)]


def cohort(top, out, *options, within=(), **environment):
    """The same, started."""
    env, pipe = conftest.ENVIRONMENT | environment, subprocess.PIPE
    begun = [*within, *command(top, out, *options)]
    return subprocess.Popen(begun, cwd=fresh.ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def finish(run):
    """The finished command."""
    output, errors = run.communicate(timeout=300)
    return subprocess.CompletedProcess(run.args, run.returncode, output, errors)


def kept(out):
    """What is stored, by key: bytes, in which only the times are set to 0."""
    found = {}
    for key, data in stored(out).items():
        row = msgspec.msgpack.decode(data, type=report.Exercise)
        assert msgspec.msgpack.encode(row) == data
        found[key] = msgspec.msgpack.encode(replace(row, checks=[replace(c, seconds=0.0) for c in row.checks]))
    return found


def is_as_here(run, top, out):
    """The finished command stored what the local run has."""
    done = finish(run)
    assert done.returncode == 0, done.stdout + done.stderr
    stored_as_here(top, out)
    return done


def stored_as_here(top, out):
    """Each file once, and what is written from that."""
    assert len(kept(top / "here")) == 12 and kept(top / out) == kept(top / "here")
    for name in ("grades.csv", "gradescope/bob.json"):
        here, there = ((top / folder / name).read_text("utf-8") for folder in ("here", out))
        assert re.sub(r'"execution_time": .*', "", here) == re.sub(r'"execution_time": .*', "", there)


def gone(processes, seconds=20):
    """Waits for processes to end."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not alive


def test_results_are_what_they_are_here(top, cluster):
    """The secret is in no log, no page of the dashboard and no task's key, and
    the judges end with the run.
    """
    run = cohort(top, "there", "--scheduler", cluster.address)
    wait_for_results(run, top / "there", 1)
    judges, shown = cluster.judges(), displayed(cluster)
    done = is_as_here(run, top, "there")
    assert len(judges) == 2 and gone(judges)
    assert "grade-1." in shown and f"tcp://{cluster.address.split('//')[1]}" in shown
    for text in (shown, done.stdout, done.stderr, cluster.said("scheduler"), cluster.said("lab")):
        assert SECRET not in text and "bob" not in text.replace(done.stdout, "")
    assert "may only access its own working directory" in done.stdout
    assert not list(cluster.folder.rglob("kata*/*"))


def displayed(cluster):
    """What the dashboard's pages, the events, the tasks' keys and Dask's own
    dump say of a run.
    """
    host = f"http://127.0.0.1:{cluster.dashboard}"
    with Client(cluster.address, set_as_default=False) as client:
        workers = [address.replace("://", "%3A%2F%2F") for address in client.scheduler_info()["workers"]]
        keys = client.run_on_scheduler(lambda dask_scheduler: [repr(ts) for ts in dask_scheduler.tasks.values()])
        pages = [*PAGES, *(f"info/{page}/{at}.html" for page in OF_WORKER for at in workers)]
        pages += [f"info/task/{re.search('grade-[^ >]*', key)[0].strip(chr(39))}.html" for key in keys]
        client.dump_cluster_state(str(cluster.folder / "dump"))
        dump = gzip.decompress((cluster.folder / "dump.msgpack.gz").read_bytes()).decode("utf-8", "replace")
        return "\n".join([dump, *keys, repr(client.get_events()), *(read(f"{host}/{page}") for page in pages)])


def read(url):
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(url, timeout=20) as page:
        return page.read().decode()
    return ""


def test_a_worker_that_is_killed(top, cluster):
    """Its jobs are graded by the other one, or by the one that is started in
    its place. On a terminal, one sees how many there are.
    """
    begun, env = command(top, "killed", "--scheduler", cluster.address), conftest.ENVIRONMENT | {"TERM": "xterm"}
    with open(top / "screen", "w") as screen:
        run = pexpect.spawn(begun[0], begun[1:], 300, cwd=fresh.ROOT, env=env, encoding="utf-8", dimensions=(40, 140))
        run.logfile = screen
        run.expect(r"[2-9] of 12 files.*2 judges")
        cluster.worker_processes()[0].kill()
        run.expect(pexpect.EOF)
    run.close()
    assert run.exitstatus == 0, (top / "screen").read_text()
    stored_as_here(top, "killed")
    assert "12 of 12 files" in (top / "screen").read_text()
    assert re.search("Remov.* worker", cluster.said("scheduler"))


@LONG
def test_a_worker_that_hangs(top, cluster):
    """It is given up after the scheduler's time to live, and its jobs are
    graded by the other.
    """
    run = cohort(top, "hung", "--scheduler", cluster.address)
    wait_for_results(run, top / "hung", 1)
    victim = cluster.worker_processes()[0]
    victim.suspend()
    is_as_here(run, top, "hung")
    with contextlib.suppress(psutil.NoSuchProcess):
        victim.kill()


def test_an_interrupted_run_goes_on(top, cluster):
    """Ctrl-C, `kill -9`, then to the end here: nothing is graded twice, and
    the judges of the killed one end too.
    """
    out = top / "interrupted"
    for number in (signal.SIGINT, signal.SIGKILL) if wordings.EVERY else [signal.SIGKILL]:
        run, before = cohort(top, out.name, "--scheduler", cluster.address), stored(out)
        wait_for_results(run, out, len(before) + 1)
        judges = cluster.judges()
        run.send_signal(number)
        done = finish(run)
        assert done.returncode == (2 if number == signal.SIGINT else -9) and gone(judges)
        assert number == signal.SIGKILL or "run the same command to resume" in done.stderr
        assert before.items() < stored(out).items()
    before = stored(out)
    is_as_here(cohort(top, out.name), top, out.name)
    assert before.items() <= stored(out).items()


@pytest.fixture
def hosts():
    try:
        hosts = clusters.Hosts("sched", "teach", "one", "two")
    except OSError as error:
        pytest.skip(f"no network namespaces can be made here: {error}")
    yield hosts
    hosts.close()


def test_a_host_that_is_cut_off(top, hosts, tmp_path):
    """Scheduler, instructor and two workers have addresses of their own. Of the
    worker that is cut off, nothing is counted twice.
    """
    cluster = Cluster(tmp_path / "dask", hosts.address["sched"], hosts.within("sched"))
    try:
        for name in ("one", "two"):
            cluster.worker(name, within=hosts.within(name), wait=False)
        for name in ("one", "two"):
            cluster.wait_for(name, "Registered to:")
        run = cohort(top, "cut", "--scheduler", cluster.address, within=hosts.within("teach"))
        wait_for_results(run, top / "cut", 2)
        hosts.cut_off("two")
        is_as_here(run, top, "cut")
        assert re.search(f"remov.*{hosts.address['two']}", cluster.said("scheduler"), re.IGNORECASE)
    finally:
        cluster.close()


def test_workers_that_differ_are_refused(top, tmp_path):
    """By name, before anything is graded; one that comes later leaves."""
    cluster = Cluster(tmp_path / "dask")
    try:
        kit = fresh.clone(tmp_path / "kit")
        check = kit / "tests" / OTHER.chapter / f"test_{OTHER.stem}.py"
        check.write_text(check.read_text() + "# again\n")
        cluster.worker("newer", wait=False, PYTHONPATH=str(kit / "src"))
        cluster.worker("older", wait=False, PYTHONPATH=f"{old_optax(tmp_path / 'site')}:{fresh.ROOT / 'src'}")
        for name in ("newer", "older"):
            cluster.wait_for(name, "Registered to:")
        done = finish(cohort(top, "refused", "--scheduler", cluster.address))
        assert done.returncode == 2 and not stored(top / "refused")
        assert re.search(r"newer at tcp://\S+: the checks or mistakes of 1\.4 are different$", done.stderr, re.MULTILINE)
        assert re.search(r"older at tcp://\S+: optax is 0\.0\.1, here \d", done.stderr)
        assert "Nothing was graded. Install the same there: python -m pip install" in done.stderr
    finally:
        cluster.close()


def old_optax(site):
    """A folder for PYTHONPATH, in which optax has a different version."""
    (site / "optax-0.0.1.dist-info").mkdir(parents=True)
    (site / "optax-0.0.1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: optax\nVersion: 0.0.1\n")
    return site


@LONG
def test_it_says_how_each_was_confined(top, tmp_path):
    """One of two workers has a kernel that does not confine files; another
    that cannot grade comes too late, and leaves again.
    """
    cluster = Cluster(tmp_path / "dask")
    try:
        cluster.worker("walls")
        cluster.worker("few", KATA_LANDLOCK="0")
        run = cohort(top, "mixed", "--scheduler", cluster.address)
        wait_for_results(run, top / "mixed", 1)
        late = cluster.worker("late", PYTHONPATH=f"{old_optax(tmp_path / 'site')}:{fresh.ROOT / 'src'}")
        done = finish(run)
        assert done.returncode == 0, done.stderr
        assert late.wait(30) == 0 and "optax is 0.0.1" in cluster.said("late")
    finally:
        cluster.close()
    first, _, other = done.stdout.partition("The code of ")[2].partition("The code of ")
    assert ("may only access" in first) != ("may only access" in other) and "results, graded where" in first, done.stdout
    assert re.match(r"\w+ 1\.\d", other), done.stdout
    page = (top / "mixed" / "cohort.html").read_text("utf-8")
    assert page.count("Graded where code may not") == 10  # all but the two to do
    assert 0 < len(re.findall("Graded where code [^<]*may only access", page)) < 10


NO_DASK = "raise ImportError('there is no Dask here')"


def test_a_scheduler_that_ends(top, tmp_path):
    """What is graded is kept."""
    cluster = Cluster(tmp_path / "dask")
    try:
        cluster.worker("lab")
        run = cohort(top, "ended", "--scheduler", cluster.address)
        wait_for_results(run, top / "ended", 1)
        cluster.scheduler.kill()
        done = finish(run)
    finally:
        cluster.close()
    assert done.returncode == 2 and f"the scheduler at {cluster.address} is gone. What is graded is kept" in done.stderr
    assert kept(top / "ended").items() < kept(top / "here").items()


def test_what_is_missing_is_said(top, cluster, kata, tmp_path):
    (tmp_path / "distributed.py").write_text(NO_DASK)
    path = f"{tmp_path}:{fresh.ROOT / 'src'}"
    for command in (
        ["cohort", top / "class", "--out", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1"],
        ["worker", "x:1"],
    ):
        run = kata(*command, PYTHONPATH=path)
        assert run.returncode == 2 and 'needs Dask: python -m pip install "flaxkata[dask]"' in run.stderr
    idle = Cluster(tmp_path / "dask")
    for address, words in (
        ("tcp://127.0.0.1:1", "No Dask scheduler answers at tcp://127.0.0.1:1"),
        ("tls://127.0.0.1:1", "No Dask scheduler answers at tls://127.0.0.1:1"),
        (idle.address, f"offers a judge. Start some: kata worker {idle.address}"),
    ):
        run = finish(cohort(top, "missing", "--scheduler", address))
        assert run.returncode == 2 and words in run.stderr, run.stderr
    idle.close()


@LONG
def test_over_tls(top, tmp_path):
    """With the settings of Dask's configuration; without them, nobody
    answers.
    """
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=kata"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    settings = {"CA_FILE": certificate}
    settings |= {f"{who}__{name}": file for who in WHO for name, file in (("CERT", certificate), ("KEY", key))}
    env = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(file) for name, file in settings.items()}
    cluster = Cluster(tmp_path / "dask", scheme="tls", **env)
    try:
        cluster.worker("lab")
        is_as_here(cohort(top, "tls", "--scheduler", cluster.address, **env), top, "tls")
        run = finish(cohort(top, "plain", "--scheduler", cluster.address.replace("tls", "tcp")))
        assert run.returncode == 2 and "No Dask scheduler answers" in run.stderr
    finally:
        cluster.close()
