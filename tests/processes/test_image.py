"""The image and the unit, tried without a container runtime.

The wheel runs in a read-only root with a fresh home, as a user without a name.
"""

import compileall
import re
import shlex
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests import ROOT
from tests.waiting import HANG_S
from tests.world import CHANNEL, CHAT, World

DOCKERFILE = (ROOT / "Dockerfile").read_text()

BOX = (
    "mount --bind {home} {home} && mount -o remount,bind,ro / && cd {home} && "
    "exec unshare --user --map-user=10001 --map-group=10001 -- "
)
"""Shell: a root that is read-only but for `home`, then a user without a name and without rights."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, unpacked as pip does; (folder, what the command `paperboy` calls)."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    skip = shutil.ignore_patterns(".*", "tests", "docs", "__pycache__")
    shutil.copytree(ROOT, source, ignore=lambda d, names: [n for n in skip(d, names) if n != ".env.example"])
    build = "from setuptools import build_meta as b; print(b.build_wheel('.'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr
    site = folder / "site"
    with zipfile.ZipFile(source / done.stdout.split()[-1]) as wheel:
        wheel.extractall(site)
    compileall.compile_dir(site, quiet=1)
    entry = next(site.glob("*.dist-info/entry_points.txt")).read_text()
    module, function = re.search(r"paperboy = ([\w.]+):(\w+)", entry).groups()
    shutil.copy(next(site.glob("*.data/data/share/paperboy/slack-manifest.yaml")), site)
    return site, f"import sys; sys.argv[0] = 'paperboy'; from {module} import {function}; {function}()"


@pytest.fixture
def image(tmp_path, installed):
    """Runs `paperboy <words>` as the image does, its folder `/data` being `tmp_path`."""
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", BOX.format(home=tmp_path)]
    able = shutil.which("unshare")
    if not able or subprocess.run([*inside[:-1], f"{inside[-1]} true"], capture_output=True).returncode:
        pytest.skip("no user namespaces here")
    with World(tmp_path, "", chats=False) as world:
        ours = {n: v for n, v in world.env.items() if n not in ("REDIS_URL", "DATA_DIR", "ARCHIVE_DIR", "HTTP_PORT")}
        words = shlex.split(re.search(r"^ENV ((?:.*\\\n)*.*)", DOCKERFILE, re.M)[1].replace("\\\n", " "))
        env = {n: v.replace("/data", str(tmp_path)) for n, v in (w.split("=", 1) for w in words)}
        site, call = installed
        env |= ours | {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(site), "LANG": "C.UTF-8"}

        def start(*words, code=call, **more):
            given = [f"{name}={value}" for name, value in (env | more).items()]
            command = shlex.join(["env", "-i", *given, sys.executable, "-c", code])
            return subprocess.Popen(
                [*inside[:-1], inside[-1] + f"{command} {shlex.join(words)}"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip

        world.start = start
        yield world


def test_the_first_set_up_from_the_wheel(image, tmp_path):
    answers = image.slack.bot_token, image.slack.app_token, CHANNEL, image.telegram.token, str(CHAT), image.model.key
    init = image.start("init")
    said, wrong = init.communicate("\n".join(answers) + "\n", HANG_S)
    assert init.returncode == 0, said + wrong
    assert "takes writes" in said, "the embedded server ran"
    assert {path.name for path in tmp_path.iterdir()} == {".env", "slack-manifest.yaml", "store"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_the_unit_is_one_that_systemd_takes(tmp_path):
    unit = tmp_path / "paperboy.service"
    text = (ROOT / "deploy" / "paperboy.service").read_text()
    unit.write_text(text.replace("/opt/paperboy/bin/paperboy", shutil.which("true")))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_windows_itself_is_refused_by_name():
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.platform = 'win32'; import bot"], cwd=ROOT, capture_output=True,
        text=True, timeout=HANG_S,
    )  # fmt: skip
    assert done.returncode == 1 and "WSL2" in done.stderr and "Traceback" not in done.stderr
