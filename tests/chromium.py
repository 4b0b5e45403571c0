"""Where the browser of the browser tests is.

`python -m tests.chromium` gets one when there is none, and prints its path; nothing when none can be had.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first is made for this: without a window, a page costs a fifth.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

# A Chromium that isn't Playwright's opens a whole window for each context: two pages of the address bar's suggestions and
# a process in reserve, three quarters of what a page costs. These flags stand in place of Playwright's list, of which the
# first four are what may change a page.
NOT_NEEDED = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "ThirdPartyStoragePartitioning",
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
]
FLAGS = [
    "--disable-gpu",
    f"--disable-features={','.join(NOT_NEEDED)}",
    "--disable-background-networking",
    # Whatever a page asks for, nothing leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def find():
    """The path of a Chromium: the one `CHROMIUM` names, the machine's, or Playwright's; None when there is none."""
    named = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    installed = next(filter(None, map(shutil.which, named)), None)
    if installed:
        return installed
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def get():
    """Install one: the distribution's when root may, Playwright's otherwise."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in ("update", "install -y chromium-headless-shell", "install -y chromium"):
            if not find():
                command = ["apt-get", "-q", *words.split()]
                subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if not find():
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    return find()


if __name__ == "__main__":
    sys.stdout.write(find() or get() or "")
