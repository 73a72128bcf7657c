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

struct Version {
    std::uint64_t modified = 0; // UNIX nanoseconds, by the clock of the machine that holds it
    std::uint64_t digest = 0;   // the first 8 bytes of the object's SHA-256
    auto operator<=>(const Version&) const = default;
};
using Inventory = std::map<std::string, Version>; // by key

[[nodiscard]] Bytes encode(const Inventory&);
[[nodiscard]] Result<Inventory> decode_inventory(ByteView);
[[nodiscard]] Bytes encode(const std::vector<std::string>& keys);
[[nodiscard]] Result<std::vector<std::string>> decode_keys(ByteView);

struct Difference {
    std::vector<std::string> give; // the other lacks them, or has an older version
    std::vector<std::string> want; // the other way round
};
// Of two versions the one modified later counts, so both sides come to the same result whoever leads; clocks
// of machines have to agree to within the time between two changes of one object.
[[nodiscard]] Difference compare(const Inventory& ours, const Inventory& theirs);

} // namespace cp::store
