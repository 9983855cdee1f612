"""Why a file, an upload or the naming of one is refused."""

from core.errors import DomainError, NotFound, Then

# Naming a file in a command


class KindTypeMismatch(DomainError):
    """A {kind} may be one of: {allowed}. {media_type} is none of them."""

    code = "files.type_not_allowed"
    zh = "{kind} 只能是以下类型之一：{allowed}；{media_type} 不在其中。"
    status = 422
    then = Then.REPORT


class FileTooLarge(DomainError):
    """A {kind} may have at most {limit} bytes."""

    code = "files.too_large"
    zh = "{kind} 不得超过 {limit} 字节。"
    status = 413
    then = Then.REPORT


# Sending the bytes


class UploadNotFound(NotFound):
    """There is no such upload: it has run out, was given up, or is not yours. Create it again."""

    code = "files.upload_not_found"
    zh = "上传不存在：已过期、已放弃或不属于您，请重新创建。"
    then = Then.RESUME


class TusVersionUnknown(DomainError):
    """Uploads speak version {versions} of the tus protocol; say so in `Tus-Resumable`."""

    code = "files.tus_version"
    zh = "上传使用 tus 协议 {versions} 版，请在 `Tus-Resumable` 中注明。"
    status = 412
    then = Then.UPDATE


class UploadContentType(DomainError):
    """Bytes are sent as `application/offset+octet-stream`."""

    code = "files.upload_content_type"
    zh = "字节须以 `application/offset+octet-stream` 发送。"
    status = 415
    then = Then.REPORT


class OffsetMismatch(DomainError):
    """The upload stands at {offset}. Ask for its offset and go on from there."""

    code = "files.offset_mismatch"
    zh = "该上传目前位于 {offset}，请查询偏移量后从该处继续。"
    status = 409
    then = Then.RESUME


class TooManyBytes(DomainError):
    """These are more bytes than the upload was announced with ({bytes}). None of them was kept."""

    code = "files.too_many_bytes"
    zh = "字节数超出该上传声明的长度（{bytes}），本次内容未保存。"
    status = 413
    then = Then.REPORT


class TooManyUploads(DomainError):
    """You have {limit} unfinished uploads. Finish or give up some of them first."""

    code = "files.too_many_uploads"
    zh = "您有 {limit} 个未完成的上传，请先完成或放弃其中一些。"
    status = 429

    def __init__(self, field: str | None = None, **details: object) -> None:
        super().__init__(field, **({"retry_after_s": 60} | details))


class ChecksumMismatch(DomainError):
    """The bytes of this request were damaged on the way and were not kept. Send them again."""

    code = "files.checksum_mismatch"
    zh = "本次发送的字节在途中损坏，未保存，请重新发送。"
    status = 460
    then = Then.RESUME


class ChecksumUnknown(DomainError):
    """The checksum of a request is one of: {algorithms}."""

    code = "files.checksum_unknown"
    zh = "请求的校验算法须为：{algorithms}。"
    status = 400


# Looking at the whole


class HashMismatch(DomainError):
    """The bytes that arrived are not those that were named. They were thrown away; send the file again."""

    code = "files.hash_mismatch"
    zh = "收到的字节与所声明的文件不符，已丢弃，请重新发送该文件。"
    status = 422
    then = Then.RESUME


class ContentUnknown(DomainError):
    """The content is none of the types that are taken."""

    code = "files.content_unknown"
    zh = "文件内容不属于可接受的类型。"
    status = 422
    then = Then.REPORT


class ContentNotAllowed(DomainError):
    """A {kind} may not be of the type that this content is ({media_type})."""

    code = "files.content_not_allowed"
    zh = "{kind} 不能是该内容的类型（{media_type}）。"
    status = 422
    then = Then.REPORT


class ContentBroken(DomainError):
    """The content is cut off or damaged: {reason}."""

    code = "files.content_broken"
    zh = "文件内容不完整或已损坏：{reason}。"
    status = 422
    then = Then.REPORT


class ContentAmbiguous(DomainError):
    """The content holds something else besides what it seems to be: {reason}."""

    code = "files.content_ambiguous"
    zh = "文件除其表面内容外还夹带其他内容：{reason}。"
    status = 422
    then = Then.REPORT


class TooManyPixels(DomainError):
    """The picture has {width} × {height} pixels, more than is taken ({limit})."""

    code = "files.too_many_pixels"
    zh = "图片为 {width} × {height} 像素，超过上限（{limit}）。"
    status = 422
    then = Then.REPORT


# Looking at files


class AttachmentNotFound(NotFound):
    """There is no such file, or it is not visible to you."""

    code = "files.not_found"
    zh = "文件不存在，或您无权查看。"


class NotStored(DomainError):
    """The bytes of this file have not arrived yet."""

    code = "files.not_stored"
    zh = "该文件的内容尚未送达。"
    status = 409
    then = Then.REFRESH


class NoRendition(DomainError):
    """There is no such rendition of this file, or it is still being made."""

    code = "files.no_rendition"
    zh = "该文件没有此种版本，或尚在生成。"
    status = 409
    then = Then.REFRESH


class AddressInvalid(DomainError):
    """This address has run out or is not genuine. Ask for a new one."""

    code = "files.address_invalid"
    zh = "该地址已过期或无效，请重新获取。"
    status = 403
    then = Then.REFRESH


class RangeInvalid(DomainError):
    """The file has only {bytes} bytes."""

    code = "files.range_invalid"
    zh = "该文件只有 {bytes} 字节。"
    status = 416
    then = Then.REPORT
