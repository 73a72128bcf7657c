#include "store/s3_store.hpp"

#include "base/utf8.hpp"
#include "store/key.hpp"

#include <algorithm>
#include <charconv>
#include <curl/curl.h>
#include <limits>

namespace cp::store {
namespace {

constexpr std::size_t object_max = std::size_t{1} << 30U; // in memory at once
constexpr std::string_view any_generation = "0";          // Google: no object of that name

Failure bad_key(std::string_view key) {
    return {errc::bad_field, "'" + printable(key.substr(0, 80)) + "' is not allowed as a key"};
}

Failure missing(std::string_view key) { return {errc::not_found, printable(key) + ": no such object"}; }
Failure taken(std::string_view key) { return {errc::exists, printable(key) + ": exists already"}; }
Failure changed(std::string_view key) { return {errc::conflict, printable(key) + ": somebody changed it"}; }

std::uint64_t number(std::string_view text) {
    std::uint64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

std::string range_text(ByteRange range) {
    std::string out = "Range: bytes=" + std::to_string(range.from) + '-';
    const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() - range.from;
    if (range.count <= most) out += std::to_string(range.from + range.count - 1);
    return out;
}

Payload cut(Payload whole, ByteRange range) {
    const std::size_t from = std::min<std::uint64_t>(range.from, whole.size());
    return whole.slice(from, std::min<std::uint64_t>(range.count, whole.size() - from));
}

} // namespace

S3Store::S3Store(std::unique_ptr<S3Client> client) : client_{std::move(client)} {}

std::string S3Store::url() const {
    const RemoteUrl& url = client_->url();
    std::string out = (is_google() ? "gs://" : "s3://") + url.bucket;
    if (!url.prefix.empty()) out += '/' + url.prefix.substr(0, url.prefix.size() - 1);
    out += "?endpoint=" + url.endpoint;
    return is_google() ? out : out + "&region=" + url.region;
}

std::string S3Store::full_key(std::string_view key) const { return client_->url().prefix + std::string{key}; }

Outcome<S3Reply> S3Store::send_put(std::string_view key, ByteView bytes, PutIf condition) {
    const std::string full = full_key(key);
    S3Request request{Method::put, full, {}, {"Content-Type: application/octet-stream"}, bytes};
    const std::string google = "x-goog-if-generation-match: ";
    if (condition.kind == PutIf::Kind::absent)
        request.headers.push_back(is_google() ? google + std::string{any_generation} : "If-None-Match: *");
    // The bare tag: engines that compare text have it without quotes, and the others take it both ways.
    if (condition.kind == PutIf::Kind::unchanged)
        request.headers.push_back((is_google() ? google : "If-Match: ") + std::string{condition.etag});
    return client_->send(request);
}

// What a condition asks for, looked at beforehand.
Outcome<void> S3Store::holds(std::string_view key, PutIf condition) {
    const auto info = look(key);
    if (!info && info.error().code != errc::not_found) return info.error();
    if (condition.kind == PutIf::Kind::absent) return info ? Outcome<void>{taken(key)} : Outcome<void>{};
    return info && info->etag == condition.etag ? Outcome<void>{} : Outcome<void>{changed(key)};
}

Outcome<bool> S3Store::has_these(std::string_view key, ByteView bytes) {
    const auto there = get(key);
    if (!there && there.error().code == errc::not_found) return false;
    if (!there) return there.error();
    return std::ranges::equal(there->view(), bytes);
}

Outcome<void> S3Store::put(std::string_view key, ByteView bytes, PutIf condition) {
    if (!is_key(key)) return bad_key(key);
    const bool asked = condition.kind != PutIf::Kind::any;
    const bool atomic = condition.kind == PutIf::Kind::absent ? caps_.create_only : caps_.replace_only;
    if (asked && !atomic) {
        if (auto held = holds(key, condition); !held) return held;
        condition = PutIf::any;
    }
    const auto reply = send_put(key, bytes, condition);
    if (!reply) return reply.error();
    const int status = reply->http.status;
    if (reply->http.ok()) return {};
    const bool refused = status == 412 || (status == 404 && condition.kind == PutIf::Kind::unchanged &&
                                           client_->failure(reply->http).code == errc::not_found);
    if (!refused || condition.kind == PutIf::Kind::any) return client_->failure(reply->http);
    // The refusal may be about our own bytes, put by a try whose answer was lost.
    if (reply->repeated) {
        const auto ours = has_these(key, bytes);
        if (!ours) return ours.error();
        if (*ours) return {};
    }
    return condition.kind == PutIf::Kind::absent ? taken(key) : changed(key);
}

Outcome<Payload> S3Store::get(std::string_view key, ByteRange range) {
    if (!is_key(key)) return bad_key(key);
    if (range.count == 0) return Payload{Bytes{}};
    const std::string full = full_key(key);
    S3Request request{Method::get, full};
    const bool part = range.from != 0 || range.count != ByteRange{}.count;
    if (part) request.headers.push_back(range_text(range));
    request.answer_max = object_max;
    auto reply = client_->send(request);
    if (!reply) return reply.error();
    HttpReply& http = reply->http;
    if (http.status == 416) return Payload{Bytes{}}; // it begins behind the end
    if (!http.ok()) {
        const Failure failure = client_->failure(http);
        return failure.code == errc::not_found ? missing(key) : failure;
    }
    Payload body{std::move(http.body)};
    return part && http.status == 200 ? cut(std::move(body), range) : body; // an engine without ranges
}

Outcome<ObjectInfo> S3Store::head(std::string_view key) {
    if (!is_key(key)) return bad_key(key);
    return look(key);
}

Outcome<ObjectInfo> S3Store::look(std::string_view key) {
    const std::string full = full_key(key);
    const auto reply = client_->send({Method::head, full});
    if (!reply) return reply.error();
    const HttpReply& http = reply->http;
    if (http.status == 404) return missing(key);
    if (!http.ok()) return client_->failure(http);
    ObjectInfo info;
    info.key = std::string{key};
    info.bytes = number(http.header("content-length"));
    const std::string modified{http.header("last-modified")};
    info.modified_unix_s = std::max<std::int64_t>(0, curl_getdate(modified.c_str(), nullptr));
    info.etag = is_google() ? std::string{http.header("x-goog-generation")} : bare_etag(http.header("etag"));
    return info;
}

Outcome<void> S3Store::del(std::string_view key) {
    if (!is_key(key)) return bad_key(key);
    return erase(key);
}

Outcome<void> S3Store::erase(std::string_view key) {
    const std::string full = full_key(key);
    const auto reply = client_->send({Method::del, full});
    if (!reply) return reply.error();
    if (reply->http.ok()) return {};
    const Failure failure = client_->failure(reply->http);
    return failure.code == errc::not_found ? Outcome<void>{} : failure;
}

} // namespace cp::store
