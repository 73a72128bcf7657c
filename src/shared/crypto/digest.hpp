// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), in one call or piece by piece.
// The incremental classes are movable values of one thread; a moved-from object may only be destroyed or
// assigned to. Nothing here can fail.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <memory>

namespace cp {

using Digest = std::array<std::byte, 32>;

[[nodiscard]] Digest sha256(ByteView);
[[nodiscard]] Digest hmac_sha256(ByteView key, ByteView data);

// Takes the same time wherever the first difference is. False when the lengths differ; lengths are no secret.
[[nodiscard]] bool equal_constant_time(ByteView, ByteView);

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(ByteView);
    // Of everything since the start or the last finish(): the object is ready for the next message.
    [[nodiscard]] Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

class HmacSha256 {
public:
    explicit HmacSha256(ByteView key); // any length, also 0; not kept
    ~HmacSha256();
    HmacSha256(HmacSha256&&) noexcept;
    HmacSha256& operator=(HmacSha256&&) noexcept;

    void update(ByteView);
    // Of everything since the start or the last finish(), under the same key.
    [[nodiscard]] Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace cp
