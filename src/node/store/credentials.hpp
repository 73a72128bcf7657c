// The keys for a store: an access key and its secret, as AWS tools find them. Secrets stay out of messages.
#pragma once

#include "base/result.hpp"
#include "config/environment.hpp"
#include "store/remote_url.hpp"

#include <string>
#include <string_view>

namespace cp::store {

struct AccessKey {
    std::string key;
    std::string secret;
    std::string session{}; // temporary keys come with one
};

// One section of an AWS credentials file (INI). errc::damaged: not such a file; errc::not_found: no section
// of that name, or one without keys. Pure.
[[nodiscard]] Outcome<AccessKey> read_credentials(std::string_view file, const std::string& profile);

// In this order: the file that the URL names; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN;
// AWS_SHARED_CREDENTIALS_FILE; ~/.aws/credentials. A profile that was asked for goes before the variables.
[[nodiscard]] Outcome<AccessKey> find_credentials(const RemoteUrl&, const Environment&);

} // namespace cp::store
