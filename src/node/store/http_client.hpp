// One HTTP exchange with a server of others, for engines that speak HTTP. Blocking; any thread, several at
// once. Nothing is repeated here and no redirect is followed: a signature holds for one address.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cp::store {

enum class Method { get, head, put, del, post };

// Signature Version 4 by libcurl. Key and secret are options of their own: a secret may contain ':'.
struct Signature {
    std::string scheme; // "aws:amz:us-east-1:s3", see CURLOPT_AWS_SIGV4(3)
    std::string key;
    std::string secret;
};

struct HttpRequest {
    Method method = Method::get;
    std::string url; // encoded: sent as it stands
    // "Name: value". Never an empty value: libcurl takes such a line as an order to drop a header, and signs
    // it nevertheless.
    std::vector<std::string> headers{};
    ByteView body{};            // lives as long as the call
    std::size_t answer_max = 0; // bytes of a body; more is errc::too_large
    std::optional<Signature> signature{};
};

struct HttpReply {
    int status = 0;
    std::map<std::string, std::string, std::less<>> headers{}; // names in lower case
    Bytes body{};

    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const; // empty when absent
    [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

class HttpClient {
public:
    virtual ~HttpClient() = default;
    // Any status is a success. errc::unreachable: no whole answer came; the request may have taken effect.
    [[nodiscard]] virtual Outcome<HttpReply> perform(const HttpRequest&) = 0;
    // Any thread: exchanges end within about a second, as unreachable; later ones at once.
    virtual void abort() {}
};

struct HttpLimits {
    std::chrono::milliseconds connect{3'000};
    std::chrono::milliseconds whole{30'000};
    std::chrono::seconds stalled{10}; // with less than a kilobyte a second
};

// libcurl. Keeps a connection open for each exchange that ran at the same time as others.
class CurlClient final : public HttpClient {
public:
    explicit CurlClient(HttpLimits limits = {});
    ~CurlClient() override;
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;

    [[nodiscard]] Outcome<HttpReply> perform(const HttpRequest&) override;
    void abort() override { closed_ = true; }

private:
    [[nodiscard]] void* borrow();
    void give_back(void*);

    HttpLimits limits_;
    std::atomic<bool> closed_{false};
    std::mutex mutex_;
    std::vector<void*> idle_; // CURL*
};

} // namespace cp::store
