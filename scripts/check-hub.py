"""Pull and push against huggingface_hub, over one loopback server and one cache.

    python scripts/check-hub.py      (huggingface_hub; ANNEAL names the executable, TESTS the test bundle)

What `anneal pull` brings, huggingface_hub finds offline in the same cache, and the other way round; what
`anneal push` sends, huggingface_hub reads back, and the other way round. Nothing leaves this machine.
"""
import hashlib, json, os, subprocess, sys, tempfile, time
from pathlib import Path

os.environ.update(HF_HUB_DISABLE_XET="1", HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1")
anneal = os.path.abspath(os.environ.get("ANNEAL", ".build/release/anneal"))
tests = os.path.abspath(os.environ.get("TESTS", ".build/release/annealPackageTests.xctest"))


def contents(folder):
    files = (p for p in Path(folder).rglob("*") if p.is_file() and ".cache" not in p.parts)
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def check(name, holds):
    print(f"{'ok ' if holds else 'NO '} {name}")
    if not holds:
        sys.exit(1)


def ours(*arguments, token="", **variables):
    variables = {k: str(v) for k, v in variables.items()}
    out = subprocess.run([anneal, *arguments, "--json"], capture_output=True, text=True,
                         env={**os.environ, "HF_TOKEN": token, **variables})
    if out.returncode:
        sys.exit(out.stderr)
    return json.loads(out.stdout)


def main(work, endpoint):
    os.environ["HF_ENDPOINT"] = endpoint  # huggingface_hub takes commits' addresses apart by it
    import huggingface_hub as hub
    from huggingface_hub import HfApi, scan_cache_dir, snapshot_download
    print(f"huggingface_hub {hub.__version__}")
    api = HfApi(endpoint=endpoint, token="hf_writer")

    first, second = work / "first", work / "second"
    pulled = ours("pull", "writer/tiny", HF_ENDPOINT=endpoint, HF_HUB_CACHE=first)
    found = snapshot_download("writer/tiny", cache_dir=first, local_files_only=True)
    check("what anneal pulled, huggingface_hub finds offline", found == str(Path(pulled["output"]).resolve()))
    one = hub.hf_hub_download("writer/tiny", "sub/twin.json", cache_dir=first, local_files_only=True)
    check("one file of it too", Path(one).read_text() == "{}")
    scan = scan_cache_dir(first)
    # Releases before 2 do not know the tag that tells backups to leave the cache out.
    warnings = [str(w) for w in scan.warnings if "CACHEDIR.TAG" not in str(w)]
    check(f"its scan of the cache has no warning {warnings}", not warnings and len(scan.repos) == 1)
    again = snapshot_download("writer/tiny", cache_dir=first, endpoint=endpoint)
    check("it fetches nothing more", contents(again) == contents(pulled["output"]))

    theirs = snapshot_download("writer/tiny", cache_dir=second, endpoint=endpoint)
    check("huggingface_hub pulls the same bytes", contents(theirs) == contents(found))
    pulled = ours("pull", "writer/tiny", HF_ENDPOINT=endpoint, HF_HUB_CACHE=second)
    check("what it pulled, anneal finds", pulled["fetched_bytes"] == 0)
    check("in the same folder", str(Path(pulled["output"]).resolve()) == theirs)
    links = lambda cache: {str(p.relative_to(cache)): os.readlink(p) for p in cache.rglob("*") if p.is_symlink()}
    check("links of both caches are the same", links(first) == links(second) != {})
    new = {"CACHEDIR.TAG", "trees"} if int(hub.__version__.split(".")[0]) < 2 else set()
    names = lambda cache: sorted(str(p.relative_to(cache)) for p in cache.rglob("*")
                                 if not {".locks", *new} & set(p.parts))
    check("files of both caches are called the same", names(first) == names(second))

    ours("push", found, "writer/pushed", "--private", token="hf_writer", HF_ENDPOINT=endpoint)
    back = snapshot_download("writer/pushed", cache_dir=work / "third", endpoint=endpoint, token="hf_writer")
    check("what anneal pushed, huggingface_hub reads back", contents(back) == contents(found))
    check("it is private", hub_refuses(endpoint, work))

    api.create_repo("writer/theirs")
    api.upload_folder(repo_id="writer/theirs", folder_path=found)
    pulled = ours("pull", "writer/theirs", "--output", work / "plain", HF_ENDPOINT=endpoint)
    plain = {k: v for k, v in contents(pulled["output"]).items() if not k.startswith(".anneal-pull/")}
    check("what huggingface_hub pushed, anneal pulls", plain == contents(found))
    pushed = ours("push", found, "writer/theirs", token="hf_writer", HF_ENDPOINT=endpoint)
    check("and has nothing to add to", pushed["commit"] is None and pushed["sent_bytes"] == 0)


def hub_refuses(endpoint, work):
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    try:
        snapshot_download("writer/pushed", cache_dir=work / "fourth", endpoint=endpoint, token=False)
        return False
    except (HfHubHTTPError, LocalEntryNotFoundError):
        return True


with tempfile.TemporaryDirectory() as folder:
    work = Path(folder).resolve()
    place = work / "endpoint"
    # Only what this script sets counts, and nobody's own token.
    for name in ["HF_ENDPOINT", "HF_HUB_CACHE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH"]:
        os.environ.pop(name, None)
    os.environ["HF_HOME"] = str(work / "home")
    server = subprocess.Popen([tests, "--testing-library", "swift-testing", "--filter", "HubServing"],
                              env={**os.environ, "ANNEAL_HUB_SERVE": str(place)}, stdout=subprocess.DEVNULL)
    try:
        while not place.exists():
            if server.poll() is not None:
                sys.exit("the server ended; build the tests first")
            time.sleep(0.1)
        main(work, place.read_text())
    finally:
        place.unlink(missing_ok=True)
        if server.wait(30):
            sys.exit("the server saw a token where none belongs")
