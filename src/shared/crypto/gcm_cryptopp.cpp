#include "crypto/gcm.hpp"
#include "crypto/octets.hpp"

#include <cryptopp/aes.h>
#include <cryptopp/gcm.h>

namespace cp {

struct CryptoppGcm::State {
    CryptoPP::GCM<CryptoPP::AES>::Encryption sealer;
    CryptoPP::GCM<CryptoPP::AES>::Decryption opener;
};

namespace {

template <class Cipher>
GcmTag run(Cipher& cipher, const GcmMessage& message) {
    GcmTag tag;
    cipher.Resynchronize(octets(message.nonce), static_cast<int>(message.nonce.size()));
    cipher.Update(octets(message.aad), message.aad.size());
    cipher.ProcessData(writable_octets(message.out), octets(message.in), message.in.size());
    cipher.TruncatedFinal(writable_octets(tag), tag.size());
    return tag;
}

} // namespace

CryptoppGcm::CryptoppGcm(std::span<const std::byte, 32> key) : state_{std::make_unique<State>()} {
    const std::array<std::byte, 12> placeholder{}; // every message brings its own
    state_->sealer.SetKeyWithIV(octets(key), key.size(), octets(placeholder), placeholder.size());
    state_->opener.SetKeyWithIV(octets(key), key.size(), octets(placeholder), placeholder.size());
}

CryptoppGcm::~CryptoppGcm() = default;

GcmTag CryptoppGcm::encrypt(const GcmMessage& message) { return run(state_->sealer, message); }
GcmTag CryptoppGcm::decrypt(const GcmMessage& message) { return run(state_->opener, message); }

} // namespace cp
