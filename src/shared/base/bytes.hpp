// Checked reading and writing of big-endian fields. Nothing here trusts its input: a reader that runs out of
// bytes turns bad, stays bad and yields zeros, so a parser checks `ok()` once at its end.
// Views returned by a reader live as long as the bytes it was given.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cp {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
    return std::as_bytes(std::span{text.data(), text.size()});
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class ByteReader {
public:
    explicit ByteReader(ByteView bytes) : bytes_{bytes} {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    ByteView take(std::size_t count); // empty and bad when fewer are left
    ByteView rest() { return take(left()); }
    template <std::size_t N>
    std::array<std::byte, N> array() {
        std::array<std::byte, N> out{};
        const ByteView view = take(N);
        for (std::size_t i = 0; i < view.size(); ++i) out[i] = view[i];
        return out;
    }

    [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool done() const { return ok_ && left() == 0; } // everything read, nothing missing

private:
    std::uint64_t number(std::size_t width);

    ByteView bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

// Writes into a buffer that it does not own. Running over the end turns it bad; nothing is written beyond.
class ByteWriter {
public:
    explicit ByteWriter(std::span<std::byte> out) : out_{out} {}

    void u8(std::uint8_t v) { number(v, 1); }
    void u16(std::uint16_t v) { number(v, 2); }
    void u24(std::uint32_t v) { number(v, 3); }
    void u32(std::uint32_t v) { number(v, 4); }
    void u64(std::uint64_t v) { number(v, 8); }
    void bytes(ByteView);

    [[nodiscard]] std::size_t size() const { return at_; }
    [[nodiscard]] bool ok() const { return ok_; }

private:
    void number(std::uint64_t value, std::size_t width);

    std::span<std::byte> out_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

} // namespace cp
