// The seal of every datagram: AES-256-GCM (NIST SP 800-38D) under a key of one session of one sender:
// HKDF-SHA-256(cluster key, salt = session id, info = cluster name). What it promises: who opens a datagram
// knows that a holder of the cluster key made it, in that session, for that destination, with that header.
// What it does not: which holder (docs/security.md), or that it is new (replay_window.hpp).
//
// One cipher is reused for all datagrams of a session, in both directions; a call allocates nothing.
// Movable, not copyable, not thread-safe.
#pragma once

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "crypto/keys.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace cp {

inline constexpr std::size_t seal_tag_size = 16;

// Must never repeat within a session: a repeated nonce gives both plaintexts and the authentication key away.
struct Nonce {
    std::uint32_t lane = 0;
    std::uint64_t counter = 0;
    [[nodiscard]] std::array<std::byte, 12> bytes() const; // big-endian, lane first
};

class SealCipher {
public:
    SealCipher(const ClusterKey&, const SessionId&, std::string_view cluster_name);
    ~SealCipher();
    SealCipher(SealCipher&&) noexcept;
    SealCipher& operator=(SealCipher&&) noexcept;

    // Ciphertext and tag of `plain` into `out`. Header and destination are authenticated, not encrypted; they
    // are concatenated, so headers of one session must all have one length. `out` is `plain` in place,
    // followed by room for the tag, or does not overlap it. REQUIRES: out.size() == plain.size() +
    // seal_tag_size.
    void seal(Nonce, ByteView header, ByteView destination, ByteView plain, std::span<std::byte> out);

    // False when anything differs from what was sealed. Then `plain_out` holds the ciphertext and nothing
    // else, so that a datagram opened in place may be tried under another key. `plain_out` starts where
    // `sealed` does, or does not overlap it. REQUIRES: plain_out.size() == sealed.size() - seal_tag_size,
    // unless sealed is shorter than a tag, which is simply false.
    [[nodiscard]] bool open(Nonce, ByteView header, ByteView destination, ByteView sealed,
                            std::span<std::byte> plain_out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace cp
