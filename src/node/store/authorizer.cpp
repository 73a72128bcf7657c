#include "store/authorizer.hpp"

#include "base/ids.hpp"
#include "crypto/digest.hpp"

namespace cp::store {

KeyAuthorizer::KeyAuthorizer(AccessKey key, RemoteUrl::Kind kind, const std::string& region)
    : key_{std::move(key)}, scheme_{kind == RemoteUrl::Kind::google ? "goog:goog:" + region + ":storage"
                                                                    : "aws:amz:" + region + ":s3"},
      header_prefix_{kind == RemoteUrl::Kind::google ? "x-goog-" : "x-amz-"} {}

Outcome<void> KeyAuthorizer::authorize(HttpRequest& request) {
    // libcurl signs such a digest when it is there; without it stores refuse whatever has a body.
    request.headers.push_back(header_prefix_ + "content-sha256: " + to_hex(sha256(request.body)));
    if (!key_.session.empty()) request.headers.push_back(header_prefix_ + "security-token: " + key_.session);
    request.signature = Signature{scheme_, key_.key, key_.secret};
    return {};
}

} // namespace cp::store
