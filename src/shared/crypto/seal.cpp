#include "crypto/seal.hpp"

#include "base/check.hpp"
#include "crypto/octets.hpp"

#include <cryptopp/aes.h>
#include <cryptopp/gcm.h>

namespace cp {

struct SealCipher::State {
    CryptoPP::GCM<CryptoPP::AES>::Encryption sealer;
    CryptoPP::GCM<CryptoPP::AES>::Decryption opener;
};

namespace {

template <class Cipher>
void begin(Cipher& cipher, const Nonce& nonce, ByteView header, ByteView destination) {
    const auto iv = nonce.bytes();
    cipher.Resynchronize(octets(iv), static_cast<int>(iv.size()));
    cipher.Update(octets(header), header.size());
    cipher.Update(octets(destination), destination.size());
}

} // namespace

std::array<std::byte, 12> Nonce::bytes() const {
    std::array<std::byte, 12> out{};
    ByteWriter writer{out};
    writer.u32(lane);
    writer.u64(counter);
    return out;
}

SealCipher::SealCipher(const ClusterKey& cluster, const SessionId& session, std::string_view cluster_name)
    : state_{std::make_unique<State>()} {
    std::array<std::byte, 32> key{};
    hkdf_sha256(cluster.bytes, session.bytes, as_bytes(cluster_name), key);
    const auto iv = Nonce{}.bytes(); // a placeholder: every datagram brings its own
    state_->sealer.SetKeyWithIV(octets(key), key.size(), octets(iv), iv.size());
    state_->opener.SetKeyWithIV(octets(key), key.size(), octets(iv), iv.size());
}

SealCipher::~SealCipher() = default;
SealCipher::SealCipher(SealCipher&&) noexcept = default;
SealCipher& SealCipher::operator=(SealCipher&&) noexcept = default;

void SealCipher::seal(Nonce nonce, ByteView header, ByteView destination, ByteView plain,
                      std::span<std::byte> out) {
    CP_CHECK(out.size() == plain.size() + seal_tag_size);
    auto& cipher = state_->sealer;
    begin(cipher, nonce, header, destination);
    cipher.ProcessData(writable_octets(out), octets(plain), plain.size());
    cipher.TruncatedFinal(writable_octets(out.last(seal_tag_size)), seal_tag_size);
}

bool SealCipher::open(Nonce nonce, ByteView header, ByteView destination, ByteView sealed,
                      std::span<std::byte> plain_out) {
    if (sealed.size() < seal_tag_size) return false;
    CP_CHECK(plain_out.size() == sealed.size() - seal_tag_size);
    auto& cipher = state_->opener;
    begin(cipher, nonce, header, destination);
    cipher.ProcessData(writable_octets(plain_out), octets(sealed), plain_out.size());
    if (cipher.TruncatedVerify(octets(sealed.last(seal_tag_size)), seal_tag_size)) return true;
    // The keystream a second time takes the plaintext back: nothing that is not authentic leaves this
    // function.
    begin(cipher, nonce, header, destination);
    cipher.ProcessData(writable_octets(plain_out), octets(plain_out), plain_out.size());
    return false;
}

} // namespace cp
