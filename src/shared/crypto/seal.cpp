#include "crypto/seal.hpp"

#include "base/check.hpp"
#include "crypto/gcm.hpp"
#include "crypto/octets.hpp"

#include <cryptopp/misc.h>

#include <algorithm>

namespace cp {

struct SealCipher::State {
    explicit State(std::span<const std::byte, 32> key) : gcm{key} {}
    Gcm gcm;
};

namespace {

// Header and destination are a few dozen bytes.
class Authenticated {
public:
    Authenticated(ByteView header, ByteView destination) : size_{header.size() + destination.size()} {
        CP_CHECK(size_ <= bytes_.size());
        std::ranges::copy(destination, std::ranges::copy(header, bytes_.begin()).out);
    }
    [[nodiscard]] ByteView view() const { return ByteView{bytes_}.first(size_); }

private:
    std::array<std::byte, 64> bytes_;
    std::size_t size_;
};

std::array<std::byte, 32> session_key(const ClusterKey& cluster, const SessionId& session,
                                      std::string_view cluster_name) {
    std::array<std::byte, 32> key;
    hkdf_sha256(cluster.bytes, session.bytes, as_bytes(cluster_name), key);
    return key;
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
    : state_{std::make_unique<State>(session_key(cluster, session, cluster_name))} {}

SealCipher::~SealCipher() = default;
SealCipher::SealCipher(SealCipher&&) noexcept = default;
SealCipher& SealCipher::operator=(SealCipher&&) noexcept = default;

void SealCipher::seal(Nonce nonce, ByteView header, ByteView destination, ByteView plain,
                      std::span<std::byte> out) {
    CP_CHECK(out.size() == plain.size() + seal_tag_size);
    const Authenticated aad{header, destination};
    const GcmTag tag = state_->gcm.encrypt({nonce.bytes(), aad.view(), plain, out.first(plain.size())});
    std::ranges::copy(tag, out.last(seal_tag_size).begin());
}

bool SealCipher::open(Nonce nonce, ByteView header, ByteView destination, ByteView sealed,
                      std::span<std::byte> plain_out) {
    if (sealed.size() < seal_tag_size) return false;
    CP_CHECK(plain_out.size() == sealed.size() - seal_tag_size);
    const Authenticated aad{header, destination};
    const GcmTag tag =
        state_->gcm.decrypt({nonce.bytes(), aad.view(), sealed.first(plain_out.size()), plain_out});
    if (CryptoPP::VerifyBufsEqual(octets(tag), octets(sealed.last(seal_tag_size)), seal_tag_size))
        return true;
    // The keystream a second time takes the plaintext back: nothing that is not authentic leaves this
    // function.
    static_cast<void>(state_->gcm.encrypt({nonce.bytes(), aad.view(), plain_out, plain_out}));
    return false;
}

} // namespace cp
