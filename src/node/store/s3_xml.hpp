// The XML that S3 and Google Cloud Storage answer with. Total on any bytes: what is missing stays empty.
// Entities are not defined by documents, and nothing is fetched. Pure.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cp::store {

struct ListedObject {
    std::string key;
    std::uint64_t bytes = 0;
    std::int64_t modified_unix_s = 0;
    std::string etag;       // without quotes
    std::string generation; // Google only
};

struct ListPage {
    std::vector<ListedObject> objects;
    std::vector<std::string> prefixes; // as they stand there, with the slash
    bool truncated = false;
    std::string next; // the continuation token
};
// errc::damaged: no ListBucketResult.
[[nodiscard]] Outcome<ListPage> read_list(ByteView xml);

struct ErrorBody {
    std::string code; // "NoSuchBucket"; empty when there is no such body
    std::string message;
    std::string region; // where the bucket is, when that was the mistake
};
[[nodiscard]] ErrorBody read_error(ByteView xml);

// "2026-01-31T12:00:00.000Z" in seconds since 1970; 0 for anything else.
[[nodiscard]] std::int64_t read_iso_time(std::string_view);
// `"abc"` and `W/"abc"` as abc.
[[nodiscard]] std::string bare_etag(std::string_view);

} // namespace cp::store
