// Files with keys of others' stores. Not opened when everybody on this machine can read them, as ssh would
// not: whoever reads one of them has the bucket. A group may read it: that is how services are given theirs.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <filesystem>

namespace cp::store {

// Errors: permissions, with the chmod to type, and those of read_file().
[[nodiscard]] Outcome<Payload> read_secret_file(const std::filesystem::path&, std::uint64_t max);

} // namespace cp::store
