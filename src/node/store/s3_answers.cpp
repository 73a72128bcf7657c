#include "store/s3_answers.hpp"

#include "base/utf8.hpp"
#include "store/s3_xml.hpp"

#include <cstdlib>
#include <curl/curl.h>

namespace cp::store {
namespace {

std::string duration_text(std::int64_t seconds) {
    if (seconds < 120) return std::to_string(seconds) + " s";
    if (seconds < 7200) return std::to_string(seconds / 60) + " min";
    return std::to_string(seconds / 3600) + " h";
}

std::string skew_text(const HttpReply& reply, std::int64_t unix_seconds) {
    const std::string date{reply.header("date")};
    const std::int64_t theirs = curl_getdate(date.c_str(), nullptr);
    if (theirs < 0 || theirs == unix_seconds) return "the clock of this machine is wrong";
    return "the clock of this machine is " + duration_text(std::abs(unix_seconds - theirs)) +
           (unix_seconds > theirs ? " ahead" : " behind");
}

std::string region_of(const HttpReply& reply, const ErrorBody& error) {
    const std::string_view header = reply.header("x-amz-bucket-region");
    return header.empty() ? error.region : printable(header);
}

Failure wrong_region(const RemoteUrl& url, const std::string& region) {
    if (region.empty())
        return {errc::bad_config, url.endpoint + ": bucket '" + url.bucket + "' is not in region " +
                                      url.region + ": add region= and its endpoint="};
    return {errc::bad_config, url.endpoint + ": bucket '" + url.bucket + "' is in region " + region +
                                  ", not " + url.region + ": add region=" + region};
}

Failure refused(const RemoteUrl& url, const ErrorBody& error) {
    const std::string at = url.endpoint + ": ";
    if (error.code == "InvalidAccessKeyId")
        return {errc::denied, at + "does not know this access key: is it of this store?"};
    if (error.code == "SignatureDoesNotMatch")
        return {errc::denied, at + "the secret key is not that of the access key"};
    if (error.code == "ExpiredToken")
        return {errc::denied, at + "the temporary keys have expired: get new ones"};
    const std::string why = error.code.empty() || error.code == "AccessDenied" ? "" : " (" + error.code + ')';
    return {errc::denied, at + "these keys may not use bucket '" + url.bucket + "'" + why +
                              ": they need to list, read, write and delete objects"};
}

} // namespace

bool is_passing(const HttpReply& reply) {
    switch (reply.status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: return true;
    case 409: return read_error(reply.body).code == "ConditionalRequestConflict";
    default: return false;
    }
}

bool is_overloaded(const HttpReply& reply) {
    return reply.status == 502 || reply.status == 503 || reply.status == 504;
}

Failure failure_of(const HttpReply& reply, const RemoteUrl& url, std::int64_t unix_seconds) {
    const ErrorBody error = read_error(reply.body);
    const std::string at = url.endpoint + ": ";
    if (error.code == "RequestTimeTooSkewed")
        return {errc::bad_config,
                at + skew_text(reply, unix_seconds) + ": set it (timedatectl set-ntp true)"};
    if (error.code == "NoSuchBucket")
        return {errc::bad_config, at + "no bucket '" + url.bucket + "': make it, or correct the name"};
    const std::string region = region_of(reply, error);
    if (reply.status == 301 || reply.status == 307 || error.code == "PermanentRedirect" ||
        error.code == "AuthorizationHeaderMalformed" || (reply.status == 400 && !region.empty()))
        return wrong_region(url, region == url.region ? std::string{} : region);
    if (error.code == "QuotaExceeded" || reply.status == 507)
        return {errc::disk_full, at + "the quota of bucket '" + url.bucket + "' is used up"};
    switch (reply.status) {
    case 401:
    case 403: return refused(url, error);
    case 404: return {errc::not_found, at + "no such object"};
    case 412: return {errc::conflict, at + "somebody changed it"};
    case 429:
    case 503: return {errc::busy, at + "asks for fewer requests (HTTP " + std::to_string(reply.status) + ')'};
    default: break;
    }
    std::string what = "HTTP " + std::to_string(reply.status);
    if (!error.code.empty()) what += ' ' + error.code;
    if (!error.message.empty()) what += ": " + error.message;
    return {errc::unreachable, at + what};
}

} // namespace cp::store
