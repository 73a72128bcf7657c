#include "http/store_log.hpp"

namespace cp::http {

void log_stored(const std::string& key, std::uint64_t bytes) {
    log::log_event(log::Level::info, "image_stored", "Stored image " + key, {{"key", key}, {"bytes", bytes}});
}

void log_not_stored(log::Level level, const std::string& key, const Failure& why) {
    log::log_event(level, "store_failed", "Failed to save image " + key + ": " + why.line,
                   {{"key", key}, {"reason", name(why.code)}});
}

} // namespace cp::http
