// What a store holds, as lists that travel: each key with a digest of its object, or keys alone. Reading is
// total on any bytes. Pure.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cp::store {

using Inventory = std::map<std::string, std::uint64_t>; // key -> the first 8 bytes of the object's SHA-256

[[nodiscard]] Bytes encode(const Inventory&);
[[nodiscard]] Result<Inventory> decode_inventory(ByteView);
[[nodiscard]] Bytes encode(const std::vector<std::string>& keys);
[[nodiscard]] Result<std::vector<std::string>> decode_keys(ByteView);

struct Difference {
    std::vector<std::string> give; // the other lacks them, or has something else under that key
    std::vector<std::string> want; // only the other has them
};
[[nodiscard]] Difference compare(const Inventory& ours, const Inventory& theirs);

} // namespace cp::store
