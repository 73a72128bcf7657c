// AES-128 in counter mode (NIST SP 800-38A): one keystream, consumed in order or from any byte on. Encrypting
// and decrypting are the same call. Gives no integrity: pair it with a MAC (imaging/container.hpp does).
// Movable, not copyable, not thread-safe.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace cp {

class Aes128Ctr {
public:
    using Key = std::array<std::byte, 16>;
    using CounterBlock = std::array<std::byte, 16>; // incremented as one 128-bit big-endian number

    Aes128Ctr(const Key&, const CounterBlock& first);
    ~Aes128Ctr();
    Aes128Ctr(Aes128Ctr&&) noexcept;
    Aes128Ctr& operator=(Aes128Ctr&&) noexcept;

    // The next in.size() bytes of keystream over `in`. `out` is `in` in place, or does not overlap it.
    // REQUIRES: out.size() == in.size().
    void apply(ByteView in, std::span<std::byte> out);

    // apply() goes on at this byte of the keystream.
    void seek(std::uint64_t byte);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace cp
