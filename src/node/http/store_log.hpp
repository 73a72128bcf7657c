// What the log says of images that requests and tasks bring to the store: one wording for both (of copies
// between nodes: node_app/store_sync.cpp). Any thread.
#pragma once

#include "base/result.hpp"
#include "log/log.hpp"

#include <cstdint>
#include <string>

namespace cp::http {

void log_stored(const std::string& key, std::uint64_t bytes);
// The reason for programs is the code, for people the line.
void log_not_stored(log::Level, const std::string& key, const Failure& why);

} // namespace cp::http
