"""Where things lie, how `.env` is written, what commands are called.

All by how Paperboy was set up.
"""

import stat
import sys
from pathlib import Path

import pytest

from tests import ROOT
from workers.operations.init import write_env
from workers.settings import folders
from workers.words import LANGUAGES, Words
from workers.words.typed import MODULE, installed


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="each platform has names of its own")
def test_what_is_installed_keeps_to_the_platforms_folders(home):
    data = home / ".local/share/paperboy"
    profiles = home / ".config/paperboy/profiles"
    wanted = {"data_dir": data, "archive_dir": str(data / "digests"), "profiles_dir": profiles}
    assert folders.elsewhere(home) == wanted
    assert folders.elsewhere(ROOT) == {}, "a checkout keeps all in its own folder"


@pytest.mark.parametrize("name", folders.OURS)
def test_a_working_folder_that_is_the_bots_own_wins(home, name):
    Path(name).mkdir()
    assert folders.elsewhere(home) == {}


def test_env_is_written_through_a_link(tmp_path):
    real, link = tmp_path / "secrets" / "env", tmp_path / ".env"
    real.parent.mkdir()
    real.write_text("# ours\n")
    link.symlink_to(real)
    write_env({"DIGEST_TIME": "07:30"}, link)
    assert link.is_symlink() and real.read_text() == "# ours\nDIGEST_TIME=07:30\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_called_as_they_were_typed(language, monkeypatch):
    assert f"`{MODULE} status" in Words(language)["op_by_hand"]
    monkeypatch.setenv("PAPERBOY_COMMAND", "")  # put back after the test, whatever `installed` sets
    installed()
    shown = Words(language)
    assert "`paperboy status" in shown["op_by_hand"] and not any(MODULE in shown[key] for key in shown)
    assert MODULE not in shown.say("not_posted", n=2)
