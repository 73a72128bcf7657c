#include "crypto/digest.hpp"

#include "crypto/octets.hpp"

#include <cryptopp/hmac.h>
#include <cryptopp/misc.h>
#include <cryptopp/sha.h>

namespace cp {
namespace {

Digest finish(CryptoPP::HashTransformation& hash) {
    Digest digest{};
    hash.TruncatedFinal(writable_octets(digest), digest.size());
    return digest;
}

} // namespace

struct Sha256::State {
    CryptoPP::SHA256 hash;
};

struct HmacSha256::State {
    CryptoPP::HMAC<CryptoPP::SHA256> mac;
};

Digest sha256(ByteView bytes) {
    CryptoPP::SHA256 hash;
    hash.Update(octets(bytes), bytes.size());
    return finish(hash);
}

Digest hmac_sha256(ByteView key, ByteView data) {
    CryptoPP::HMAC<CryptoPP::SHA256> mac{octets(key), key.size()};
    mac.Update(octets(data), data.size());
    return finish(mac);
}

bool equal_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && CryptoPP::VerifyBufsEqual(octets(a), octets(b), a.size());
}

Sha256::Sha256() : state_{std::make_unique<State>()} {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
void Sha256::update(ByteView bytes) { state_->hash.Update(octets(bytes), bytes.size()); }
Digest Sha256::finish() { return cp::finish(state_->hash); }

HmacSha256::HmacSha256(ByteView key) : state_{std::make_unique<State>()} {
    state_->mac.SetKey(octets(key), key.size());
}
HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
void HmacSha256::update(ByteView bytes) { state_->mac.Update(octets(bytes), bytes.size()); }
Digest HmacSha256::finish() { return cp::finish(state_->mac); }

} // namespace cp
