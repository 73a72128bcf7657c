#include "imaging/stego_keys.hpp"

#include "crypto/digest.hpp"
#include "crypto/keys.hpp"

#include <algorithm>
#include <string>

namespace cp::imaging {
namespace {

using Master = std::array<std::byte, 32>;

Result<Master> master_of(const Passphrase& passphrase, const KeyParameters& p, std::string_view user) {
    const Digest salt = sha256(as_bytes(std::string{"CP stego v1"}.append(user)));
    const ByteView salt_bytes = ByteView{salt}.first(16);
    Master master{};
    if (p.profile == Profile::passphrase_pbkdf2) {
        pbkdf2_hmac_sha256(as_bytes(passphrase.text), salt_bytes, p.cost, master);
        return master;
    }
    const ScryptParameters work{
        .cost = std::uint64_t{1} << p.scrypt_log2_n, .block_size = p.scrypt_r, .parallelism = p.cost};
    if (auto ok = scrypt(as_bytes(passphrase.text), salt_bytes, work, master); !ok) return ok.error();
    return master;
}

Result<Master> master_of(const Secret& secret, Profile profile, std::string_view user) {
    switch (profile) {
    case Profile::username:
        if (const auto* name = std::get_if<Username>(&secret)) return sha256(as_bytes(name->text));
        break;
    case Profile::key_file:
        if (const auto* key = std::get_if<UserKey>(&secret)) return key->bytes;
        break;
    case Profile::passphrase_scrypt:
    case Profile::passphrase_pbkdf2:
        if (const auto* passphrase = std::get_if<Passphrase>(&secret))
            return master_of(*passphrase, stego_parameters(profile), user);
        break;
    }
    return errc::bad_profile;
}

} // namespace

KeyParameters stego_parameters(Profile profile) {
    switch (profile) {
    case Profile::passphrase_scrypt: return {profile, 15, 8, 1};
    case Profile::passphrase_pbkdf2: return {profile, 0, 0, 600'000};
    case Profile::username:
    case Profile::key_file: break;
    }
    return {profile, 0, 0, 0};
}

Result<StegoKeys> derive_stego_keys(const Secret& secret, Profile profile, std::string_view user) {
    const auto master = master_of(secret, profile, user);
    if (!master) return master.error();
    StegoKeys keys{.profile = profile, .location = {}, .header_enc = {}, .header_mac = {}};
    hkdf_sha256(*master, {}, as_bytes("CP stego v1 location"), keys.location);
    std::array<std::byte, 48> header{};
    hkdf_sha256(*master, {}, as_bytes("CP stego v1 header"), header);
    std::copy_n(header.begin(), keys.header_enc.size(), keys.header_enc.begin());
    std::copy_n(header.begin() + 16, keys.header_mac.size(), keys.header_mac.begin());
    return keys;
}

} // namespace cp::imaging
