"""Amazon ECR: layers are kept and checked, and the registries of other accounts answer."""

import base64
import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, request_scope
from ministack.services import ecr

from local.properties import Json, Properties, parse_object

Answer = tuple[int, dict[str, str], bytes]
Operation = Callable[[dict[str, Json]], Answer]
Handle = Callable[[str, str, dict[str, str], bytes, dict[str, list[str]]], Awaitable[Answer]]
"""An HTTP request: method, path, headers, body and query."""


class Images:
    """The images of every registry."""

    def __init__(self) -> None:
        self._uploads: dict[str, bytearray] = {}

    def install(self) -> None:
        """Put our operations in the place of the emulator's. Call once."""
        put_image: Operation = ecr._put_image
        describe_images: Operation = ecr._describe_images
        ecr._put_image = lambda data: self._refusal_of_image(Properties(data)) or put_image(data)
        ecr._describe_images = lambda data: _missing_image(Properties(data)) or describe_images(data)
        ecr._initiate_layer_upload = lambda data: _missing_repository(data) or self._initiate(Properties(data))
        ecr._upload_layer_part = lambda data: self._upload(Properties(data))
        ecr._complete_layer_upload = lambda data: _missing_repository(data) or self._complete(Properties(data))
        ecr._batch_check_layer_availability = lambda data: _missing_repository(data) or self._check(Properties(data))
        _answer_for_other_registries()

    def _initiate(self, request: Properties) -> Answer:
        upload = str(uuid.uuid4())
        self._uploads[upload] = bytearray()
        return _success({"registryId": get_account_id(), **_subject(request), "uploadId": upload, "partSize": 10485760})

    def _upload(self, request: Properties) -> Answer:
        upload = request.text("uploadId")
        if upload not in self._uploads:
            return _failure("UploadNotFoundException", f"the upload '{upload}' was not found")
        self._uploads[upload] += base64.b64decode(request.text("layerPartBlob"))
        last = len(self._uploads[upload]) - 1
        return _success({**_subject(request), "uploadId": upload, "lastByteReceived": last})

    def _complete(self, request: Properties) -> Answer:
        upload = request.text("uploadId")
        if upload not in self._uploads:
            return _failure("UploadNotFoundException", f"the upload '{upload}' was not found")
        content = bytes(self._uploads[upload])
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if digest not in request.texts("layerDigests"):
            return _failure("InvalidLayerException", f"the digest of the layer is {digest}, not the one that was given")
        layers = _layers(request.text("repositoryName"))
        if digest in layers:
            return _failure("LayerAlreadyExistsException", f"the layer with digest '{digest}' already exists")
        layers[digest] = content
        del self._uploads[upload]
        return _success({**_subject(request), "uploadId": upload, "layerDigest": digest})

    def _check(self, request: Properties) -> Answer:
        layers = _layers(request.text("repositoryName"))
        found: list[Json] = [
            {
                "layerDigest": digest,
                "layerAvailability": "AVAILABLE" if digest in layers else "UNAVAILABLE",
                "layerSize": len(layers.get(digest, b"")),
            }
            for digest in request.texts("layerDigests")
        ]
        return _success({"layers": found, "failures": []})

    def _refusal_of_image(self, request: Properties) -> Answer | None:
        """Refuse an image whose digest is wrong or whose layers were not uploaded."""
        manifest = request.text("imageManifest")
        digest = f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
        if request.text("imageDigest", digest) != digest:
            return _failure("ImageDigestDoesNotMatchException", f"the digest of the image is {digest}")
        if request.text("repositoryName") not in ecr._repositories:
            return None
        known = _layers(request.text("repositoryName"))
        document = Properties(parse_object(manifest))
        wanted = [item.text("digest") for item in [*document.children("layers"), document.child("config")] if item]
        missing = [item for item in wanted if item not in known]
        if missing:
            return _failure("LayersNotFoundException", f"the layers {', '.join(missing)} do not exist")
        return None


def _layers(repository: str) -> dict[str, bytes]:
    """Return the layers of a repository of the caller's registry."""
    kept: dict[str, bytes] = ecr._layer_blobs.setdefault(repository, {})
    return kept


def _subject(request: Properties) -> dict[str, Json]:
    return {"registryId": get_account_id(), "repositoryName": request.text("repositoryName")}


def _missing_repository(data: dict[str, Json]) -> Answer | None:
    name = Properties(data).text("repositoryName")
    if name in ecr._repositories:
        return None
    return _failure("RepositoryNotFoundException", f"The repository with name '{name}' does not exist")


def _missing_image(request: Properties) -> Answer | None:
    repository = request.text("repositoryName")
    for wanted in request.children("imageIds"):
        if repository in ecr._repositories and ecr._find_image(repository, dict(wanted)) is None:
            return _failure(
                "ImageNotFoundException", f"The image with imageId {json.dumps(dict(wanted))} does not exist"
            )
    return None


def _answer_for_other_registries() -> None:
    """Let `registryId` name another account."""
    original: Handle = ecr.handle_request

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Answer:
        registry = Properties(parse_object(body)).text("registryId") if body else ""
        with request_scope(registry or get_account_id(), get_region()):
            return await original(method, path, headers, body, query)

    ecr.handle_request = handle


def _success(value: dict[str, Json]) -> Answer:
    answer: Answer = json_response(value)
    return answer


def _failure(code: str, message: str) -> Answer:
    answer: Answer = error_response_json(code, message, 400)
    return answer
