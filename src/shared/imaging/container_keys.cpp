#include "crypto/digest.hpp"
#include "crypto/keys.hpp"
#include "imaging/container.hpp"

#include <algorithm>

namespace cp::imaging {
namespace {

using KeyBytes = std::array<std::byte, 48>;

ContainerKeys split(const KeyBytes& bytes) {
    ContainerKeys keys;
    ByteReader reader{bytes};
    keys.enc = reader.array<16>();
    keys.mac = reader.array<32>();
    return keys;
}

// The encryption key is what earlier programs used and knows no salt; the MAC key is ours and does.
ContainerKeys keys_of(const Username& user, const Salt& salt) {
    const Digest hash = sha256(as_bytes(user.text));
    ContainerKeys keys;
    std::ranges::copy(ByteView{hash}.first(keys.enc.size()), keys.enc.begin());
    hkdf_sha256(hash, salt, as_bytes("CPE1 username mac"), keys.mac);
    return keys;
}

Result<ContainerKeys> keys_of(const Passphrase& passphrase, const KeyParameters& p, const Salt& salt) {
    KeyBytes bytes{};
    if (p.profile == Profile::passphrase_pbkdf2) {
        pbkdf2_hmac_sha256(as_bytes(passphrase.text), salt, p.cost, bytes);
        return split(bytes);
    }
    const ScryptParameters work{
        .cost = std::uint64_t{1} << p.scrypt_log2_n, .block_size = p.scrypt_r, .parallelism = p.cost};
    if (auto ok = scrypt(as_bytes(passphrase.text), salt, work, bytes); !ok) return ok.error();
    return split(bytes);
}

ContainerKeys keys_of(const UserKey& key, const Salt& salt) {
    KeyBytes bytes{};
    hkdf_sha256(key.bytes, salt, as_bytes("CPE1 key file"), bytes);
    return split(bytes);
}

bool fits(const Secret& secret, Profile profile) {
    switch (profile) {
    case Profile::username: return std::holds_alternative<Username>(secret);
    case Profile::passphrase_scrypt:
    case Profile::passphrase_pbkdf2: return std::holds_alternative<Passphrase>(secret);
    case Profile::key_file: return std::holds_alternative<UserKey>(secret);
    }
    return false;
}

bool within(std::uint32_t value, std::uint32_t low, std::uint32_t high) {
    return low <= value && value <= high;
}

} // namespace

Result<void> check(const KeyParameters& p) {
    const auto require = [](bool holds) { return holds ? Result<void>{} : Result<void>{errc::bad_field}; };
    const bool no_scrypt = p.scrypt_log2_n == 0 && p.scrypt_r == 0;
    switch (p.profile) {
    case Profile::username:
    case Profile::key_file: return require(no_scrypt && p.cost == 0);
    case Profile::passphrase_pbkdf2: return require(no_scrypt && within(p.cost, 100'000, 10'000'000));
    case Profile::passphrase_scrypt:
        return require(within(p.scrypt_log2_n, 14, 20) && within(p.scrypt_r, 1, 16) && within(p.cost, 1, 4));
    }
    return errc::bad_profile; // a number that a file or a peer brought
}

Result<FileKey> derive_file_key(const Secret& secret, const KeyParameters& parameters, const Salt& salt) {
    if (!fits(secret, parameters.profile)) return errc::bad_profile;
    if (auto ok = check(parameters); !ok) return ok.error();
    FileKey key{.parameters = parameters, .salt = salt, .keys = {}};
    if (const auto* user = std::get_if<Username>(&secret)) {
        key.keys = keys_of(*user, salt);
    } else if (const auto* file = std::get_if<UserKey>(&secret)) {
        key.keys = keys_of(*file, salt);
    } else {
        const auto keys = keys_of(std::get<Passphrase>(secret), parameters, salt);
        if (!keys) return keys.error();
        key.keys = *keys;
    }
    return key;
}

} // namespace cp::imaging
