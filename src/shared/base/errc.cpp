#include "base/errc.hpp"

namespace cp {
namespace {

struct Entry {
    std::string_view name;
    std::string_view sentence;
};

Entry entry(errc e) noexcept {
    switch (e) {
    case errc::truncated: return {"truncated", "fewer bytes than the format says"};
    case errc::trailing_bytes: return {"trailing_bytes", "more bytes than the format says"};
    case errc::wrong_magic: return {"wrong_magic", "not of this format"};
    case errc::wrong_version: return {"wrong_version", "another version of the format"};
    case errc::wrong_cluster: return {"wrong_cluster", "another cluster name"};
    case errc::unknown_type: return {"unknown_type", "unknown message type"};
    case errc::bad_field: return {"bad_field", "a field has a value that is not allowed"};
    case errc::too_large: return {"too_large", "larger than the limit"};
    case errc::not_authentic: return {"not_authentic", "the seal does not open: another key, or forged"};
    case errc::own_echo: return {"own_echo", "our own datagram"};
    case errc::replayed: return {"replayed", "seen before, or too old"};
    case errc::unproven: return {"unproven", "the sender has not answered its challenge"};
    case errc::overloaded: return {"overloaded", "too many at once"};
    case errc::busy: return {"busy", "the memory budget is spent: try again later"};
    case errc::no_leader: return {"no_leader", "no leader answered"};
    case errc::no_cluster: return {"no_cluster", "no node answered"};
    case errc::other_key: return {"other_key", "a cluster answered that uses another key"};
    case errc::digest_mismatch: return {"digest_mismatch", "the bytes are not those that were announced"};
    case errc::conflict: return {"conflict", "the id is known with other contents"};
    case errc::lost: return {"lost", "no node holds it any more: send again"};
    case errc::cancelled: return {"cancelled", "cancelled"};
    case errc::not_found: return {"not_found", "no such file"};
    case errc::unreadable: return {"unreadable", "cannot be read"};
    case errc::not_an_image: return {"not_an_image", "not an image (PNG, JPEG, WebP, BMP or TIFF)"};
    case errc::already_encrypted:
        return {"already_encrypted", "already encrypted: open it with 'decrypt FILE'"};
    case errc::wrong_key: return {"wrong_key", "wrong user, passphrase or damaged header"};
    case errc::damaged: return {"damaged", "damaged"};
    case errc::bad_profile: return {"bad_profile", "a key profile that is unknown or not allowed here"};
    case errc::unwritable: return {"unwritable", "cannot be written"};
    case errc::disk_full: return {"disk_full", "no space left on the disk"};
    case errc::exists: return {"exists", "exists already"};
    case errc::permissions: return {"permissions", "others can read it"};
    case errc::bad_config: return {"bad_config", "the configuration contradicts itself"};
    case errc::usage: return {"usage", "not a command line of this program"};
    case errc::internal: return {"internal", "an internal error"};
    case errc::no_network: return {"no_network", "the network cannot be used as configured"};
    case errc::nothing_hidden: return {"nothing_hidden", "nothing hidden here for this key"};
    case errc::too_small: return {"too_small", "the picture is too small for what should be hidden in it"};
    case errc::unreachable: return {"unreachable", "the server does not answer"};
    case errc::denied: return {"denied", "the server refuses it"};
    }
    return {"unknown", "unknown error"};
}

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "cloudp2p"; }
    std::string message(int value) const override {
        return std::string{entry(static_cast<errc>(value)).sentence};
    }
};

} // namespace

const boost::system::error_category& category() noexcept {
    static const Category instance;
    return instance;
}

boost::system::error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), category()}; }

std::string_view name(errc e) noexcept { return entry(e).name; }

} // namespace cp
