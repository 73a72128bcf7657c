// `node check-store`: does the store of this configuration do what nodes want of it? One line a step, and
// what the engine can do beyond.
#pragma once

#include "config/config.hpp"
#include "config/environment.hpp"

#include <ostream>

namespace cp::node {

// Puts, reads, lists, replaces and deletes an object of its own. Returns the exit code: 0, or 1 when a step
// fails.
[[nodiscard]] int check_store(const Config&, const Environment&, std::ostream&);

} // namespace cp::node
