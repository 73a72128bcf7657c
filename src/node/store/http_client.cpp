#include "store/http_client.hpp"

#include "base/check.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <curl/curl.h>

namespace cp::store {
namespace {

constexpr std::size_t header_max = 64 * 1024;

struct Receiver {
    HttpReply reply{};
    std::size_t body_max = 0;
    std::size_t header_bytes = 0;
    bool too_large = false;
};

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// libcurl takes any other number than `count` as a failure, and ends the exchange.
std::size_t take_header(char* data, std::size_t, std::size_t count, void* context) {
    auto& to = *static_cast<Receiver*>(context);
    const std::string_view line{data, count};
    to.header_bytes += count;
    if (to.header_bytes > header_max) to.too_large = true;
    if (to.too_large) return 0;
    if (line.starts_with("HTTP/")) to.reply.headers.clear(); // after a "100 Continue" comes the real head
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
        to.reply.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    return count;
}

std::size_t take_body(char* data, std::size_t, std::size_t count, void* context) {
    auto& to = *static_cast<Receiver*>(context);
    Bytes& body = to.reply.body;
    if (count > to.body_max - body.size()) to.too_large = true;
    if (to.too_large) return 0;
    const ByteView bytes = as_bytes({data, count});
    body.insert(body.end(), bytes.begin(), bytes.end());
    return count;
}

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
    CP_CHECK(curl_easy_setopt(curl, option, value) == CURLE_OK); // an option that this libcurl does not know
}

void set_method(CURL* curl, const HttpRequest& request) {
    switch (request.method) {
    case Method::get: set(curl, CURLOPT_HTTPGET, 1L); break;
    case Method::head: set(curl, CURLOPT_NOBODY, 1L); break;
    case Method::del:
        set(curl, CURLOPT_HTTPGET, 1L);
        set(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
        break;
    case Method::put:
    case Method::post:
        // A body in memory, so that the connection can be tried again by libcurl when it was a stale one.
        set(curl, CURLOPT_POST, 1L);
        set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(curl, CURLOPT_POSTFIELDS, request.body.empty() ? "" : as_text(request.body).data());
        if (request.method == Method::put) set(curl, CURLOPT_CUSTOMREQUEST, "PUT");
        break;
    }
}

// Called about once a second, whatever goes on; anything but 0 ends the exchange.
int is_closed(void* closed, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return *static_cast<std::atomic<bool>*>(closed) ? 1 : 0;
}

void set_common(CURL* curl, const HttpLimits& limits) {
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_FOLLOWLOCATION, 0L);
    set(curl, CURLOPT_PATH_AS_IS, 1L);
    set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    set(curl, CURLOPT_USERAGENT, "cloudp2p");
    set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
    set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.whole.count()));
    set(curl, CURLOPT_LOW_SPEED_LIMIT, 1024L);
    set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stalled.count()));
}

} // namespace

std::string_view HttpReply::header(std::string_view lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? std::string_view{} : found->second;
}

CurlClient::CurlClient(HttpLimits limits) : limits_{limits} {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT); // once, before the first handle
    CP_CHECK(started == CURLE_OK);
}

CurlClient::~CurlClient() {
    for (void* handle : idle_) curl_easy_cleanup(handle);
}

void* CurlClient::borrow() {
    {
        const std::scoped_lock locked{mutex_};
        if (!idle_.empty()) {
            void* handle = idle_.back();
            idle_.pop_back();
            return handle;
        }
    }
    CURL* made = curl_easy_init();
    CP_CHECK(made != nullptr);
    return made;
}

void CurlClient::give_back(void* handle) {
    curl_easy_reset(handle); // also forgets the secret; open connections stay
    const std::scoped_lock locked{mutex_};
    idle_.push_back(handle);
}

Outcome<HttpReply> CurlClient::perform(const HttpRequest& request) {
    if (closed_) return Failure{errc::unreachable, "this program ends"};
    CURL* curl = borrow();
    curl_slist* headers = nullptr;
    for (const std::string& line : request.headers) headers = curl_slist_append(headers, line.c_str());
    Receiver receiver;
    receiver.body_max = request.answer_max;

    set_common(curl, limits_);
    set_method(curl, request);
    set(curl, CURLOPT_URL, request.url.c_str());
    set(curl, CURLOPT_HTTPHEADER, headers);
    set(curl, CURLOPT_HEADERFUNCTION, &take_header);
    set(curl, CURLOPT_HEADERDATA, &receiver);
    set(curl, CURLOPT_WRITEFUNCTION, &take_body);
    set(curl, CURLOPT_WRITEDATA, &receiver);
    if (const auto& signature = request.signature) {
        set(curl, CURLOPT_AWS_SIGV4, signature->scheme.c_str());
        set(curl, CURLOPT_USERNAME, signature->key.c_str());
        set(curl, CURLOPT_PASSWORD, signature->secret.c_str());
    }
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_XFERINFOFUNCTION, &is_closed);
    set(curl, CURLOPT_XFERINFODATA, &closed_);
    const CURLcode code = curl_easy_perform(curl);
    long status = 0;
    set(curl, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    give_back(curl);

    if (receiver.too_large)
        return Failure{errc::too_large,
                       "an answer of more than " + std::to_string(request.answer_max) + " bytes"};
    if (code != CURLE_OK) return Failure{errc::unreachable, printable(curl_easy_strerror(code))};
    receiver.reply.status = static_cast<int>(status);
    return std::move(receiver.reply);
}

} // namespace cp::store
