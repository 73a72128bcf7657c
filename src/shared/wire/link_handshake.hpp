// The mutual challenge that makes a TCP connection a liveness link: each side shows that it holds the cluster
// key now, and which session it is. Nothing is said over the link afterwards; its end is the information.
//
// clang-format off
//   client -> server  hello   32  "CPL", version, session, 16 random bytes
//   server -> client  answer  60  session, 16 random bytes, HMAC(key, "CP link server", hello, answer up to here)
//   client -> server  proof   32  HMAC(key, "CP link client", hello, answer without its HMAC)
// clang-format on
//
//   key = HKDF-SHA-256(cluster key, no salt, info = "CP liveness link " + cluster name); HMAC-SHA-256
//
// Both HMACs cover both sessions and both random parts, so a recording answers no other challenge; the labels
// differ and each side refuses its own session, so nothing sent back to its sender is accepted. What is not
// protected is the connection itself: who sits on the path can relay a handshake and cut the link whenever it
// likes. Whoever believes in an end therefore asks the port again (net/liveness_link.hpp).
//
// Pure: bytes in, bytes out; total on any input. The random parts are HMAC(Identity::secret, a counter).
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "wire/sessions.hpp"

#include <array>
#include <cstdint>

namespace cp::wire {

inline constexpr std::size_t link_random_size = 16;
inline constexpr std::size_t link_hello_size = 4 + 12 + link_random_size;
inline constexpr std::size_t link_answer_size = 12 + link_random_size + std::tuple_size_v<Digest>;
inline constexpr std::size_t link_proof_size = std::tuple_size_v<Digest>;

using LinkRandom = std::array<std::byte, link_random_size>;
using LinkHello = std::array<std::byte, link_hello_size>;
using LinkAnswer = std::array<std::byte, link_answer_size>;
using LinkProof = std::array<std::byte, link_proof_size>;

// What both sides of one handshake need; `random` is of this handshake alone.
struct LinkSecrets {
    Digest key{};
    SessionId self;
    LinkRandom random{};
};

// Our identity, and a fresh challenge for each handshake.
class LinkChallenges {
public:
    explicit LinkChallenges(const Identity&);
    [[nodiscard]] LinkSecrets next();

private:
    Digest key_;
    SessionId self_;
    HmacSha256 random_;
    std::uint64_t count_ = 0;
};

// The side that connects, and knows whom it wants to reach.
class LinkClient {
public:
    LinkClient(const LinkSecrets&, const SessionId& peer);

    [[nodiscard]] const LinkHello& hello() const { return hello_; }
    // Errors: truncated, trailing_bytes; own_echo: the answer names our own session; not_authentic: another
    // key, or an answer to another hello; conflict: a holder of the key, but another session than `peer`.
    [[nodiscard]] Result<LinkProof> on_answer(ByteView) const;

private:
    LinkSecrets secrets_;
    SessionId peer_;
    LinkHello hello_;
};

// The side that accepts.
class LinkServer {
public:
    explicit LinkServer(const LinkSecrets& secrets) : secrets_{secrets} {}

    // Errors: truncated, trailing_bytes, wrong_magic, wrong_version, bad_field (nobody's session), own_echo.
    [[nodiscard]] Result<LinkAnswer> on_hello(ByteView);
    // The session that has proven itself. Errors: not_authentic; unproven when no hello was accepted before.
    [[nodiscard]] Result<SessionId> on_proof(ByteView) const;

private:
    LinkSecrets secrets_;
    SessionId peer_;
    Digest expected_{};
};

} // namespace cp::wire
