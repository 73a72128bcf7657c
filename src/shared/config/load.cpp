#include "config/load.hpp"

#include "config/relations.hpp"
#include "files/files.hpp"

#include <algorithm>
#include <unistd.h>

namespace cp::config {
namespace {

// The setting that counts for `key`; null when there is none or it says "automatic".
const Setting* effective(const Settings& settings, const Key& key) {
    const auto found = std::find_if(settings.list.rbegin(), settings.list.rend(),
                                    [&](const Setting& s) { return s.key == &key; });
    if (found == settings.list.rend() || key.automatic == found->value) return nullptr;
    return &*found;
}
const Setting* effective(const Settings& settings, std::string_view key) {
    return effective(settings, key_named(key));
}

Failure with_origin(const Settings& settings, const Violation& violation) {
    const Setting* cause = effective(settings, violation.key);
    return {errc::bad_config, (cause != nullptr ? cause->origin + ": " : std::string{}) + violation.line};
}

// An upload and its result must fit. On a small machine the limit gives way, not the program; one that
// somebody wrote down does so with a warning.
void derive_memory(Loaded& loaded, const Settings& settings, std::uint64_t machine_memory_mib) {
    const std::uint64_t mib = std::clamp<std::uint64_t>(machine_memory_mib / 4, 16, 1024);
    loaded.config.tasks.memory_budget_mib = static_cast<std::uint32_t>(mib);
    const std::uint64_t fits = mib << 19U; // half of it, in bytes
    if (loaded.config.imaging.max_bytes <= fits) return;
    loaded.config.imaging.max_bytes = fits;
    if (const Setting* asked = effective(settings, "imaging.max_bytes")) {
        loaded.warnings.push_back(asked->origin + ": imaging.max_bytes is lowered to " +
                                  std::to_string(fits) +
                                  ": an upload and its result get a quarter of this machine's memory; "
                                  "tasks.memory_budget_mib raises that");
    }
}

void derive(Loaded& loaded, const Settings& settings, std::uint64_t machine_memory_mib) {
    Config& config = loaded.config;
    auto& election = config.election;
    if (effective(settings, "election.heartbeat_interval_ms") == nullptr) {
        election.heartbeat_interval = heartbeat_of(election.profile);
    }
    if (effective(settings, "election.failure_timeout_ms") == nullptr) {
        election.failure_timeout = failure_factor * election.heartbeat_interval;
    }
    if (effective(settings, "network.ttl") == nullptr)
        config.network.ttl = loopback_only(config.network) ? 0 : 1;
    if (effective(settings, "tasks.memory_budget_mib") == nullptr)
        derive_memory(loaded, settings, machine_memory_mib);
}

} // namespace

Outcome<Loaded> build(const Settings& settings, std::uint64_t machine_memory_mib) {
    Loaded loaded{.config = {}, .warnings = settings.warnings};
    for (const Key& key : keys()) {
        const Setting* setting = effective(settings, key);
        if (setting == nullptr) continue;
        const std::string problem = assign(key, loaded.config, setting->value);
        if (!problem.empty()) {
            return Failure{errc::bad_config, setting->origin + ": " + dotted(key) + ' ' + problem};
        }
    }
    derive(loaded, settings, machine_memory_mib);
    if (const auto violation = find_violation(loaded.config)) return with_origin(settings, *violation);
    return loaded;
}

Outcome<Settings> parse_config(std::string_view text, std::string_view file) {
    const auto root = parse_document(text, file);
    if (!root) return root.error();
    return settings_of_document(*root, file);
}

Outcome<std::string> read_config_file(const std::filesystem::path& path) {
    constexpr std::uint64_t largest = 1 << 20;
    const auto contents = read_file(path, largest);
    if (!contents) return contents.error();
    return std::string{as_text(contents->view())};
}

std::uint64_t memory_of_this_machine_mib() {
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || size <= 0) return 1024;
    return (static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size)) >> 20U;
}

} // namespace cp::config
