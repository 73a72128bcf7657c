// A bearer token of Google's, fetched with the key of a service account and renewed before it expires.
#pragma once

#include "store/authorizer.hpp"
#include "store/google_account.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace cp::store {

class GoogleAuthorizer final : public Authorizer {
public:
    // `http` must outlive it. `unix_seconds` is the clock.
    GoogleAuthorizer(GoogleAccount, HttpClient& http, std::function<std::int64_t()> unix_seconds);

    // One thread fetches a token while the others wait for it. errc::denied: the account is refused.
    [[nodiscard]] Outcome<void> authorize(HttpRequest&) override;
    // The next request goes with another token.
    [[nodiscard]] bool refused() override;

private:
    [[nodiscard]] Outcome<GoogleToken> fetch();

    GoogleAccount account_;
    HttpClient& http_;
    std::function<std::int64_t()> unix_seconds_;
    std::mutex mutex_;
    std::string token_;
    std::int64_t renew_at_ = 0;
};

} // namespace cp::store
