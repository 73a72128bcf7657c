// A service account of Google Cloud: its key file, and the signed statement that is exchanged for a token
// (RFC 7523, as developers.google.com/identity/protocols/oauth2/service-account describes it).
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cp::store {

struct GoogleAccount {
    std::string email;
    std::string key_id;
    std::string private_key; // PEM, PKCS #8
    std::string token_uri;
};

// errc::damaged, without the contents: not the JSON of a service account; errc::bad_config: a token address
// that is not https.
[[nodiscard]] Outcome<GoogleAccount> read_google_account(std::string_view json);

// A JSON Web Token, RS256, valid for an hour from `unix_seconds`. errc::damaged: the key is no RSA key.
[[nodiscard]] Outcome<std::string> signed_statement(const GoogleAccount&, std::int64_t unix_seconds);

struct GoogleToken {
    std::string text;
    std::int64_t lives_s = 0;
};
// What a token address answers; errc::damaged.
[[nodiscard]] Outcome<GoogleToken> read_google_token(std::string_view json);

} // namespace cp::store
