// Who we are, said to a store with each request. Any thread.
#pragma once

#include "store/credentials.hpp"
#include "store/http_client.hpp"

#include <string>

namespace cp::store {

class Authorizer {
public:
    virtual ~Authorizer() = default;
    // Adds to `request`, whose body is in place, what proves who sends it. May ask another server.
    [[nodiscard]] virtual Outcome<void> authorize(HttpRequest& request) = 0;
    // The store refused it: whether another try, with something fresh, makes sense.
    [[nodiscard]] virtual bool refused() { return false; }
};

// Signature Version 4 with a key and a secret: AWS's, or Google's own spelling of it for its HMAC keys.
class KeyAuthorizer final : public Authorizer {
public:
    KeyAuthorizer(AccessKey, RemoteUrl::Kind, const std::string& region);
    [[nodiscard]] Outcome<void> authorize(HttpRequest&) override;

private:
    AccessKey key_;
    std::string scheme_;        // of CURLOPT_AWS_SIGV4
    std::string header_prefix_; // "x-amz-"
};

} // namespace cp::store
