"""What ci/verify asks the tools, and how it judges what they say."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

UNKNOWN = re.compile(r"MANIFEST_UNKNOWN|NAME_UNKNOWN|: NOT_FOUND: |status code 404")
# Where nothing was compared, because a server was not reached or did not answer.
NOT_ASKED = re.compile(
    r"dial tcp|connection re(fused|set)|no such host|timeout|deadline exceeded|\b(tls|x509): |\bEOF\b|TUF"
    r"|could not parse reference|status code [45]\d\d|UNAUTHORIZED|DENIED|TOOMANYREQUESTS|HTTP response to HTTPS client"
)
UNSIGNED = re.compile(r"no signatures found|none of the attestations matched")


class Built(NamedTuple):
    """What a provenance says: where the code is, its commit, its version, and who built it."""

    source: str
    revision: str
    version: str
    builder: str

    def __str__(self) -> str:
        return f"version {self.version}, built from {self.source} at {self.revision} by {self.builder}"


def fail(message: str, code: int = 1) -> NoReturn:
    """End with one sentence: 1 for what is not verified, 64 for a wrong call."""
    print(f"verify: {message}", file=sys.stderr)
    raise SystemExit(code)


def run(what: str, mismatch: str, *command: str) -> str:
    """Return what a tool prints; where it fails, say of `what` whether it differs or could not be looked at."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return done.stdout
    lines = done.stderr.strip().splitlines() or [f"{command[0]} ended with {done.returncode}"]
    reason = next((line for line in lines if line.startswith("Error: ")), lines[-1]).removeprefix("Error: ")
    if UNKNOWN.search(reason):
        fail(f"found no {what} in the registry, expected what `crane ls` lists: {reason}")
    if UNSIGNED.search(reason):
        fail(f"{what} has no signature: {reason}")
    if NOT_ASKED.search(reason):
        fail(f"{what} could not be verified: {reason}")
    fail(f"{what} does not match its {mismatch}: {reason}")


def signer(environ: Mapping[str, str]) -> list[str]:
    """Return the options that say who is trusted to sign."""
    key, identity, issuer = (environ.get(name, "") for name in ("PUBLIC_KEY", "IDENTITY", "ISSUER"))
    if key and (identity or issuer):
        fail("found PUBLIC_KEY and IDENTITY or ISSUER, expected one or the other: unset what did not sign", 64)
    if not key:
        if not (identity and issuer):
            fail("found neither PUBLIC_KEY nor both of IDENTITY and ISSUER: say who is trusted to sign", 64)
        return ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer]
    # Others are kept by services: awskms://…, k8s://…, pkcs11:…
    if not re.match(r"[a-z0-9]+://|pkcs11:", key):
        try:
            text = Path(key).read_text("utf-8", errors="replace")
        except OSError as error:
            fail(f"PUBLIC_KEY={key} can't be read ({error.strerror}), expected a file like cosign.pub", 64)
        if "PRIVATE KEY-----" in text:
            fail(f"found a private key in PUBLIC_KEY={key}, expected its public part, cosign.pub", 64)
        if "-----BEGIN PUBLIC KEY-----" not in text:
            fail(f"found no public key in PUBLIC_KEY={key}, expected a file like cosign.pub", 64)
    # A key's signature says nothing of when: there is no entry in a transparency log to ask for.
    return ["--key", key, "--insecure-ignore-tlog=true"]


def built(what: str, predicate: Any) -> Built:
    """Return what a provenance says, once it is what REVISION and SOURCE expect."""
    try:
        said, builder = predicate["buildDefinition"]["externalParameters"], predicate["runDetails"]["builder"]["id"]
        found = Built(str(said["source"]), str(said["revision"]), str(said["version"]), str(builder))
    except (KeyError, TypeError):
        fail(f"{what} is no provenance of a release: it names no source, revision, version or builder")
    for name in ("REVISION", "SOURCE"):
        expected, is_found = os.environ.get(name), getattr(found, name.lower())
        if expected and expected != is_found:
            fail(f"{what} names the {name.lower()} {is_found}, expected {name}={expected}")
    return found


def described(what: str, sbom: Any, component: str) -> str:
    """Return the version that an SBOM is of, once it is that of a component: api or trainer."""
    about = (sbom.get("metadata") or {}).get("component") or {} if isinstance(sbom, dict) else {}
    if about.get("name") != f"playlist-{component}":
        fail(f"{what} is the SBOM of {about.get('name')}, expected that of playlist-{component}")
    return str(about.get("version"))


def charted(path: str) -> dict[str, str]:
    """Return name, version and appVersion of a packaged chart."""
    text = run(f"the Chart.yaml of {path}", "format", "helm", "show", "chart", path)
    return dict(re.findall(r'(?m)^(name|version|appVersion): "?([^"\n]*)"?$', text))
