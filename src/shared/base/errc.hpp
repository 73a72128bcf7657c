// Every expected error of CloudP2P, one value and one sentence each. The values stand in TaskFailed (wire/),
// so none changes; new ones come last. Broken invariants are not here (check.hpp).
#pragma once

#include <boost/system/error_code.hpp>

#include <string>

namespace cp {

enum class errc {
    truncated = 1,     // fewer bytes than the format says
    trailing_bytes,    // more bytes than the format says
    wrong_magic,       // not ours at all
    wrong_version,     // ours, of another version
    wrong_cluster,     // another cluster name
    unknown_type,      // a message number nobody assigned
    bad_field,         // a field outside its allowed values
    too_large,         // over a limit of wire/limits.hpp or of the configuration
    not_authentic,     // the seal does not open: another key, or forged
    own_echo,          // our own multicast, heard back
    replayed,          // seen before, or older than the replay window
    unproven,          // the session has not answered its challenge
    overloaded,        // the budget for this kind of work is spent
    busy,              // the memory budget is spent: try again later
    no_leader = 16,    // nobody leads (15 is free)
    no_cluster,        // nobody answered at all
    other_key,         // somebody answered, under a key that is not ours
    digest_mismatch,   // the bytes are not those that were announced
    conflict,          // a known id came with other contents
    lost,              // no node holds it any more: send again
    cancelled,         // the user or a shutdown ended it
    not_found,         // no such file or object
    unreadable,        // it exists, but reading failed
    not_an_image,      // content of no image format that we know
    already_encrypted, // a CPE1 file where a picture was expected
    wrong_key,         // wrong user, passphrase or damaged header
    damaged,           // authenticated contents do not match their tag
    bad_profile,       // a key profile that is unknown or not allowed here
    unwritable,        // the destination cannot be written
    disk_full,         // no space left
    exists,            // create-only, and it is there already
    permissions,       // a secret that others can read
    bad_config,        // a configuration that contradicts itself
    usage,             // a command line that says nothing we know
    internal,          // a library failed where it should not
    no_network,        // sockets cannot be opened, joined or bound as configured
    nothing_hidden,    // a picture in which this key finds nothing
    too_small,         // a picture that cannot hold what should be hidden in it
    unreachable,       // a server of others gives no answer, or a broken one
    denied,            // a server of others knows us, and refuses
};

[[nodiscard]] const boost::system::error_category& category() noexcept;
[[nodiscard]] boost::system::error_code make_error_code(errc) noexcept;
[[nodiscard]] std::string_view name(errc) noexcept; // "no_leader": what logs and JSON say

} // namespace cp

template <>
struct boost::system::is_error_code_enum<cp::errc> : std::true_type {};
