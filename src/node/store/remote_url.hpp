// Where an object store of others is: "s3://BUCKET[/PREFIX]?endpoint=URL&region=R" and
// "gs://BUCKET[/PREFIX]". Pure.
//
// Parameters: endpoint (https://HOST[:PORT], default that of AWS or Google), region (s3: default AWS_REGION,
// AWS_DEFAULT_REGION, us-east-1), style (path or host: where the bucket's name stands; default host at AWS,
// else path), credentials (an AWS credentials file), profile (a section of it). No parameter is a secret, so
// the whole URL may be shown.
#pragma once

#include "base/result.hpp"
#include "config/environment.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace cp::store {

struct RemoteUrl {
    enum class Kind { s3, google };
    Kind kind = Kind::s3;
    std::string bucket;
    std::string prefix;   // "" or "team/a/"
    std::string endpoint; // "https://storage.example:9000"
    std::string region;
    bool bucket_in_host = false;
    std::filesystem::path credentials; // empty: the usual places
    std::string profile;
};

// errc::bad_config, with what is wrong and how it should look.
[[nodiscard]] Outcome<RemoteUrl> parse_remote_url(std::string_view url, const Environment&);

// "https://host/bucket/" or "https://bucket.host/": the address of the bucket, with a slash at its end.
[[nodiscard]] std::string bucket_address(const RemoteUrl&);

// http:// is for this machine alone where a token goes over it in the clear.
[[nodiscard]] bool is_private_address(std::string_view url);

} // namespace cp::store
