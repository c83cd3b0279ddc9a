"""A strict double of S3's objects: path-style, every request signed.

Every reply is made, from the documentation (Amazon S3 API reference: PutObject, HeadObject, error responses; IAM user
guide: signing). It refuses a wrong key or signature, a body that is not what was signed, an unknown bucket.
"""

import hashlib
import hmac
from typing import Any
from urllib.parse import quote

from aiohttp import web

from tests.doubles.base import Double

CODES = {"NoSuchBucket": 404, "NoSuchKey": 404, "AccessDenied": 403, "SignatureDoesNotMatch": 403}
CODES |= {"InvalidAccessKeyId": 403, "XAmzContentSHA256Mismatch": 400}


class Refused(Exception):
    """A code of S3's."""


class S3Double(Double):
    """`objects`: key -> bytes of the one bucket."""

    def __init__(self, bucket: str = "papers") -> None:
        super().__init__()
        self.bucket, self.key, self.secret, self.region = bucket, "AKIADOUBLE", "s3-secret-of-the-double", "eu-test-1"
        self.objects: dict[str, bytes] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/{bucket}/{key:.+}", self._object)]

    def env(self) -> dict[str, str]:
        """The environment that leads here."""
        return {
            "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": self.region,
        }  # fmt: skip

    async def _object(self, request: web.Request) -> web.StreamResponse:
        try:
            return self._answer(request, await request.read())
        except Refused as no:
            code = str(no)
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
            return web.Response(status=CODES[code], text=body, content_type="application/xml")

    def _answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        self._signed(request, body)
        if request.match_info["bucket"] != self.bucket:
            raise Refused("NoSuchBucket")
        key = request.match_info["key"]
        if request.method == "PUT":
            self.objects[key] = body
            return web.Response(headers={"ETag": f'"{hashlib.md5(body).hexdigest()}"'})
        if key not in self.objects:
            raise Refused("NoSuchKey")
        tag = hashlib.md5(self.objects[key]).hexdigest()
        about: dict[str, Any] = {"ETag": f'"{tag}"', "Last-Modified": "Sun, 29 Nov 2026 08:00:00 GMT"}
        return web.Response(body=self.objects[key], headers=about)

    def _signed(self, request: web.Request, body: bytes) -> None:
        kind, _, rest = request.headers.get("Authorization", "").partition(" ")
        said = dict(part.strip().partition("=")[::2] for part in rest.split(","))
        if kind != "AWS4-HMAC-SHA256" or set(said) != {"Credential", "SignedHeaders", "Signature"}:
            raise Refused("AccessDenied")
        key, day, region, service, end = said["Credential"].split("/")
        if key != self.key or (region, service, end) != (self.region, "s3", "aws4_request"):
            raise Refused("InvalidAccessKeyId")
        digest = request.headers["x-amz-content-sha256"]
        if digest not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            raise Refused("XAmzContentSHA256Mismatch")
        names = said["SignedHeaders"].split(";")
        headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
        query = "&".join(sorted(f"{quote(n, '')}={quote(v, '')}" for n, v in request.query.items()))
        canonical = "\n".join([request.method, request.rel_url.raw_path, query, headers, ";".join(names), digest])
        scope = f"{day}/{region}/s3/aws4_request"
        wanted = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, wanted])
        signing = f"AWS4{self.secret}".encode()
        for word in (day, region, "s3", "aws4_request"):
            signing = hmac.digest(signing, word.encode(), "sha256")
        if not hmac.compare_digest(hmac.digest(signing, text.encode(), "sha256").hex(), said["Signature"]):
            raise Refused("SignatureDoesNotMatch")
