#include "store/google_authorizer.hpp"

#include "store/percent.hpp"

#include <algorithm>
#include <utility>

namespace cp::store {
namespace {

constexpr std::size_t answer_max = 64 * 1024;
constexpr std::int64_t margin_s = 300; // so that a long upload still ends in time

} // namespace

GoogleAuthorizer::GoogleAuthorizer(GoogleAccount account, HttpClient& http,
                                   std::function<std::int64_t()> unix_seconds)
    : account_{std::move(account)}, http_{http}, unix_seconds_{std::move(unix_seconds)} {}

Outcome<GoogleToken> GoogleAuthorizer::fetch() {
    const auto statement = signed_statement(account_, unix_seconds_());
    if (!statement) return statement.error();
    const std::string form = query_text(
        {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", *statement}});
    HttpRequest request;
    request.method = Method::post;
    request.url = account_.token_uri;
    request.headers = {"Content-Type: application/x-www-form-urlencoded"};
    request.body = as_bytes(form);
    request.answer_max = answer_max;
    const auto reply = http_.perform(request);
    if (!reply) return Failure{reply.error().code, account_.token_uri + ": " + reply.error().line};
    if (reply->status >= 500)
        return Failure{errc::unreachable, account_.token_uri + ": HTTP " + std::to_string(reply->status)};
    if (!reply->ok())
        return Failure{errc::denied, account_.token_uri + ": refuses the account " + account_.email +
                                         " (HTTP " + std::to_string(reply->status) +
                                         "): is its key still valid, and the clock of this machine right?"};
    auto token = read_google_token(as_text(reply->body));
    if (!token) return Failure{token.error().code, account_.token_uri + ": " + token.error().line};
    return token;
}

Outcome<void> GoogleAuthorizer::authorize(HttpRequest& request) {
    const std::scoped_lock locked{mutex_};
    const std::int64_t now = unix_seconds_();
    if (token_.empty() || now >= renew_at_) {
        auto fresh = fetch();
        if (!fresh) return fresh.error();
        token_ = std::move(fresh->text);
        renew_at_ = now + std::max(fresh->lives_s - margin_s, fresh->lives_s / 2);
    }
    request.headers.push_back("Authorization: Bearer " + token_);
    return {};
}

bool GoogleAuthorizer::refused() {
    const std::scoped_lock locked{mutex_};
    return !std::exchange(token_, {}).empty();
}

} // namespace cp::store
