// Requests to one bucket: addressed, authorized, repeated while that makes sense, and not sent at all for a
// while when the store is down. Blocking; any thread, several at once.
#pragma once

#include "store/authorizer.hpp"
#include "store/http_client.hpp"
#include "store/patience.hpp"
#include "store/percent.hpp"
#include "store/remote_url.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cp::store {

// What a test replaces.
struct Surroundings {
    std::function<TimePoint()> now;
    std::function<std::int64_t()> unix_seconds;
    std::function<void(Duration)> sleep;
    std::uint64_t seed = 0; // of the jitter
};
[[nodiscard]] Surroundings real_surroundings();

struct S3Request {
    Method method = Method::get;
    std::string_view key{}; // with the prefix; empty: the bucket itself
    Query query{};
    std::vector<std::string> headers{};
    ByteView body{};
    std::size_t answer_max = 1 << 20;
};

struct S3Reply {
    HttpReply http;
    bool repeated = false; // an earlier try may have taken effect without an answer
};

class S3Client {
public:
    S3Client(RemoteUrl, std::unique_ptr<HttpClient>, std::unique_ptr<Authorizer>, Surroundings,
             RetryPlan plan = {});

    // Any status that does not pass by itself is a success here: failure() makes the line. Errors: busy (the
    // store asks for patience, or was down a moment ago), unreachable, and those of the authorizer.
    [[nodiscard]] Outcome<S3Reply> send(const S3Request&);
    [[nodiscard]] Failure failure(const HttpReply&) const;

    // Any thread: send() fails soon from now on.
    void abort() {
        closed_ = true;
        http_->abort();
    }

    [[nodiscard]] const RemoteUrl& url() const { return url_; }

private:
    [[nodiscard]] Outcome<HttpReply> try_once(const S3Request&);
    [[nodiscard]] Outcome<void> admitted();
    void note(bool answered);
    void pause(Duration);
    [[nodiscard]] Duration pause_before(int number, Duration wanted);

    RemoteUrl url_;
    std::string address_;
    std::unique_ptr<HttpClient> http_;
    std::unique_ptr<Authorizer> authorizer_;
    Surroundings surroundings_;
    RetryPlan plan_;
    std::atomic<bool> closed_{false};
    std::mutex mutex_; // of what follows
    CircuitBreaker breaker_;
    Rng rng_;
};

} // namespace cp::store
