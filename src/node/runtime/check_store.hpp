// `node check-store`: does the store of this configuration do what nodes want of it? One line a step.
#pragma once

#include "config/config.hpp"

#include <ostream>

namespace cp::node {

// Puts, reads, lists and deletes an object of its own. Returns the exit code: 0, or 1 at the first step that
// fails.
[[nodiscard]] int check_store(const StorageSection&, std::ostream&);

} // namespace cp::node
