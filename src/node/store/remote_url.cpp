#include "store/remote_url.hpp"

#include "base/utf8.hpp"
#include "store/key.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <curl/curl.h>
#include <map>
#include <memory>
#include <optional>

namespace cp::store {
namespace {

constexpr std::string_view google_endpoint = "https://storage.googleapis.com";

using Parts = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;
using Parameters = std::map<std::string, std::string, std::less<>>;

Failure bad(std::string_view url, const std::string& why) {
    return {errc::bad_config, "store '" + printable(url) + "': " + why};
}

std::optional<Parts> take_apart(std::string_view url) {
    Parts parts{curl_url(), &curl_url_cleanup};
    const std::string text{url};
    if (!parts || text.size() != std::string_view{text.c_str()}.size() ||
        curl_url_set(parts.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return std::nullopt;
    return parts;
}

std::string part(const Parts& parts, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(parts.get(), which, &text, 0) != CURLUE_OK) return {};
    const std::unique_ptr<char, decltype(&curl_free)> owner{text, &curl_free};
    return text;
}

std::string decoded(std::string_view text) {
    int size = 0;
    const std::unique_ptr<char, decltype(&curl_free)> out{
        curl_easy_unescape(nullptr, text.data(), static_cast<int>(text.size()), &size), &curl_free};
    return out ? std::string{out.get(), static_cast<std::size_t>(size)} : std::string{};
}

Parameters parameters_of(std::string_view query) {
    Parameters out;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        const std::string_view value = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
        if (!pair.empty()) out[decoded(pair.substr(0, equals))] = decoded(value);
    }
    return out;
}

// What S3 and Google allow, and old buckets with capitals and underscores.
bool is_bucket(std::string_view name) {
    return name.size() >= 3 && name.size() <= 222 && std::ranges::all_of(name, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '.' || c == '_';
           });
}

// Goes into a signature's scope, where libcurl separates by colons.
bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_';
    });
}

std::string first_of(std::initializer_list<std::string_view> values) {
    for (std::string_view value : values)
        if (!value.empty()) return std::string{value};
    return {};
}

// "https://host:port" without path, query and user; empty when it is something else.
std::string clean_endpoint(std::string_view text) {
    const auto parts = take_apart(text);
    if (!parts) return {};
    const std::string scheme = part(*parts, CURLUPART_SCHEME);
    const std::string port = part(*parts, CURLUPART_PORT);
    const std::string path = part(*parts, CURLUPART_PATH);
    if ((scheme != "http" && scheme != "https") || (path != "/" && !path.empty())) return {};
    for (CURLUPart none : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT})
        if (!part(*parts, none).empty()) return {};
    return scheme + "://" + part(*parts, CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

std::optional<Failure> check_names(std::string_view url, const Parameters& given, RemoteUrl::Kind kind) {
    constexpr std::array<std::string_view, 5> known{"endpoint", "region", "style", "credentials", "profile"};
    for (const auto& [name, value] : given) {
        if (std::ranges::count(known, name) == 0)
            return bad(url, "'" + printable(name) +
                                "' is none of endpoint, region, style, credentials and profile");
        if (value.empty()) return bad(url, name + " needs a value");
        if (name == "region" && kind == RemoteUrl::Kind::google)
            return bad(url, "gs:// has no region: leave it out");
    }
    return std::nullopt;
}

} // namespace

bool is_private_address(std::string_view url) {
    if (url.starts_with("https://")) return true;
    const auto parts = take_apart(url);
    if (!parts || part(*parts, CURLUPART_SCHEME) != "http") return false;
    const std::string host = part(*parts, CURLUPART_HOST);
    in_addr address{};
    const bool loopback = ::inet_pton(AF_INET, host.c_str(), &address) == 1 && host.starts_with("127.");
    return loopback || host == "localhost" || host == "[::1]";
}

Outcome<RemoteUrl> parse_remote_url(std::string_view url, const Environment& environment) {
    RemoteUrl out;
    out.kind = url.starts_with("gs://") ? RemoteUrl::Kind::google : RemoteUrl::Kind::s3;
    const bool google = out.kind == RemoteUrl::Kind::google;
    const std::string form =
        google ? "gs://BUCKET[/PREFIX]" : "s3://BUCKET[/PREFIX]?endpoint=https://HOST[:PORT]&region=REGION";
    const auto parts = take_apart(url);
    if (!parts || !part(*parts, CURLUPART_USER).empty() || !part(*parts, CURLUPART_PASSWORD).empty() ||
        !part(*parts, CURLUPART_PORT).empty() || !part(*parts, CURLUPART_FRAGMENT).empty())
        return bad(url, "expected " + form);
    out.bucket = part(*parts, CURLUPART_HOST);
    if (!is_bucket(out.bucket)) return bad(url, "expected a bucket of 3 letters or more: " + form);

    std::string path = decoded(part(*parts, CURLUPART_PATH));
    while (path.ends_with('/')) path.pop_back();
    if (!path.empty()) out.prefix = path.substr(1) + '/';
    if (!out.prefix.empty() && !is_key(path.substr(1)))
        return bad(url, "this prefix is not allowed as a key");

    const Parameters given = parameters_of(part(*parts, CURLUPART_QUERY));
    if (auto wrong = check_names(url, given, out.kind)) return *wrong;
    const auto parameter = [&](std::string_view name) {
        const auto found = given.find(name);
        return found == given.end() ? std::string_view{} : std::string_view{found->second};
    };
    out.region = google ? "auto"
                        : first_of({parameter("region"), value_of(environment, "AWS_REGION"),
                                    value_of(environment, "AWS_DEFAULT_REGION"), "us-east-1"});
    if (!is_word(out.region)) return bad(url, "region: expected a name like eu-central-1");
    const std::string aws = "https://s3." + out.region + ".amazonaws.com";
    const std::string_view endpoint = parameter("endpoint");
    out.endpoint = clean_endpoint(!endpoint.empty() ? endpoint : google ? google_endpoint : aws);
    if (out.endpoint.empty()) return bad(url, "endpoint: expected https://HOST[:PORT]");

    const std::string_view style = parameter("style");
    if (!style.empty() && style != "path" && style != "host") return bad(url, "style: expected path or host");
    // A certificate for *.s3.amazonaws.com does not hold for a bucket with a dot.
    const bool dotted = out.bucket.find('.') != std::string::npos;
    out.bucket_in_host = style.empty() ? endpoint.empty() && !google && !dotted : style == "host";
    out.credentials = expand_home(environment, parameter("credentials"));
    out.profile = first_of({parameter("profile"), value_of(environment, "AWS_PROFILE"), "default"});
    return out;
}

std::string bucket_address(const RemoteUrl& url) {
    if (!url.bucket_in_host) return url.endpoint + '/' + url.bucket + '/';
    const std::size_t host = url.endpoint.find("://") + 3;
    return url.endpoint.substr(0, host) + url.bucket + '.' + url.endpoint.substr(host) + '/';
}

} // namespace cp::store
