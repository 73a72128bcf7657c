#include "repl/exit_code.hpp"

#include <algorithm>

namespace cp::client {

ExitCode exit_code(errc code) {
    switch (code) {
    case errc::usage:
    case errc::bad_config: return ExitCode::usage;

    case errc::no_cluster:
    case errc::no_leader:
    case errc::busy:
    case errc::overloaded: return ExitCode::no_cluster;

    case errc::not_found: return ExitCode::not_found;

    case errc::not_an_image:
    case errc::already_encrypted:
    case errc::too_large:
    case errc::too_small:
    case errc::unreadable:
    case errc::other_key:
    case errc::not_authentic:
    case errc::wrong_cluster:
    case errc::permissions:
    case errc::bad_profile:
    case errc::wrong_magic: // a file that is no CPE1, given to decrypt
    case errc::wrong_version:
    case errc::unknown_type: return ExitCode::refused;

    case errc::wrong_key:
    case errc::nothing_hidden:
    case errc::damaged:
    case errc::truncated:
    case errc::trailing_bytes:
    case errc::bad_field:
    case errc::digest_mismatch: return ExitCode::not_verified;

    case errc::cancelled: return ExitCode::interrupted;

    case errc::own_echo:
    case errc::replayed:
    case errc::unproven:
    case errc::conflict:
    case errc::lost:
    case errc::unwritable:
    case errc::disk_full:
    case errc::exists:
    case errc::internal:
    case errc::no_network:
    case errc::unreachable:
    case errc::denied: return ExitCode::failed;
    }
    return ExitCode::failed;
}

ExitCode exit_code(std::span<const ExitCode> several) {
    if (several.empty()) return ExitCode::done;
    const auto has = [&](ExitCode code) { return std::ranges::find(several, code) != several.end(); };
    if (has(ExitCode::interrupted)) return ExitCode::interrupted;
    const ExitCode first = several.front();
    if (std::ranges::all_of(several, [&](ExitCode code) { return code == first; })) return first;
    return has(ExitCode::done) || has(ExitCode::partly) ? ExitCode::partly : ExitCode::failed;
}

} // namespace cp::client
