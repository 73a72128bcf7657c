#include "store/s3_client.hpp"

#include "files/entropy.hpp"
#include "files/wall_clock.hpp"
#include "store/s3_answers.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <span>
#include <thread>

namespace cp::store {
namespace {

// Retry-After in seconds; dates are not worth the trouble.
Duration wanted_pause(const HttpReply& reply) {
    const std::string_view text = reply.header("retry-after");
    unsigned seconds = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return failed == std::errc{} ? Duration{std::chrono::seconds{seconds}} : Duration::zero();
}

} // namespace

Surroundings real_surroundings() {
    Surroundings out;
    out.now = [] { return std::chrono::steady_clock::now(); };
    out.unix_seconds = [] { return static_cast<std::int64_t>(unix_seconds()); };
    out.sleep = [](Duration time) { std::this_thread::sleep_for(time); };
    fill_random(std::as_writable_bytes(std::span{&out.seed, 1}));
    return out;
}

S3Client::S3Client(RemoteUrl url, std::unique_ptr<HttpClient> http, std::unique_ptr<Authorizer> authorizer,
                   Surroundings surroundings, RetryPlan plan)
    : url_{std::move(url)}, address_{bucket_address(url_)}, http_{std::move(http)}, authorizer_{std::move(
                                                                                        authorizer)},
      surroundings_{std::move(surroundings)}, plan_{plan}, rng_{surroundings_.seed} {}

Failure S3Client::failure(const HttpReply& reply) const {
    return failure_of(reply, url_, surroundings_.unix_seconds());
}

Outcome<void> S3Client::admitted() {
    const std::scoped_lock locked{mutex_};
    const TimePoint now = surroundings_.now();
    if (breaker_.admit(now)) return {};
    return Failure{errc::busy, url_.endpoint + ": does not answer; asked again in " +
                                   std::to_string(to_ms(breaker_.pause(now)) / 1000 + 1) + " s"};
}

void S3Client::note(bool answered) {
    const std::scoped_lock locked{mutex_};
    if (answered)
        breaker_.succeeded();
    else
        breaker_.failed(surroundings_.now());
}

Duration S3Client::pause_before(int number, Duration wanted) {
    const std::scoped_lock locked{mutex_};
    return backoff(plan_, number, wanted, rng_);
}

// In pieces, so that abort() need not wait for the end of a long one.
void S3Client::pause(Duration left) {
    constexpr Duration piece = std::chrono::seconds{2};
    do {
        surroundings_.sleep(std::min(left, piece));
        left -= piece;
    } while (left > Duration::zero() && !closed_);
}

Outcome<HttpReply> S3Client::try_once(const S3Request& wanted) {
    HttpRequest request;
    request.method = wanted.method;
    request.url = address_ + path_encoded(wanted.key);
    if (!wanted.query.empty()) request.url += '?' + query_text(wanted.query);
    request.headers = wanted.headers;
    request.body = wanted.body;
    request.answer_max = wanted.answer_max;
    if (auto authorized = authorizer_->authorize(request); !authorized) return authorized.error();
    auto reply = http_->perform(request);
    if (!reply) return Failure{reply.error().code, url_.endpoint + ": " + reply.error().line};
    return reply;
}

Outcome<S3Reply> S3Client::send(const S3Request& request) {
    const TimePoint start = surroundings_.now();
    bool repeated = false;
    bool token_renewed = false;
    for (int number = 1;; ++number) {
        if (auto may = admitted(); !may) return may.error();
        auto reply = try_once(request);
        const bool lost = !reply && reply.error().code == errc::unreachable;
        const bool passing = reply && is_passing(*reply);
        note(!lost && !(reply && is_overloaded(*reply)));
        if (reply && reply->status == 401 && !token_renewed && authorizer_->refused()) {
            token_renewed = true;
            continue;
        }
        if (!lost && !passing) {
            if (!reply) return reply.error();
            return S3Reply{std::move(*reply), repeated};
        }
        if (closed_ || number >= plan_.tries || surroundings_.now() - start >= plan_.whole) {
            if (!reply) return reply.error();
            return failure(*reply);
        }
        repeated = true;
        pause(pause_before(number, reply ? wanted_pause(*reply) : Duration::zero()));
    }
}

} // namespace cp::store
