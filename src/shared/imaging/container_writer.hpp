// A CPE1 file made in pieces, for who does not hold all of it at once or has more than one thread to make it.
// encrypt() (container.hpp) is this over one buffer. Holds a key, a counter and the state of the tag; no byte
// of the file.
//
// Any number of threads may encipher() at once, any parts in any order. authenticate(), by one thread at a
// time, wants all of the ciphertext in its order. What is written before finish() is no file yet.
#pragma once

#include "crypto/digest.hpp"
#include "imaging/container.hpp"

namespace cp::imaging {

class ContainerWriter {
public:
    // Writes the header of a file with `size` bytes of plaintext. Errors: those of check(KeyParameters).
    [[nodiscard]] static Result<ContainerWriter> begin(const FileKey&, const CounterStart&,
                                                       std::uint64_t size,
                                                       std::span<std::byte, container_header_size> header);

    // The plaintext's bytes from `at` on. `ciphertext` is `plaintext` in place, or does not overlap it.
    // REQUIRES: ciphertext.size() == plaintext.size(); no two parts overlap; all within the size.
    void encipher(std::uint64_t at, ByteView plaintext, std::span<std::byte> ciphertext) const;

    // The next of the ciphertext.
    void authenticate(ByteView ciphertext);

    // The file's last bytes. Once. REQUIRES: all of the ciphertext is authenticated.
    [[nodiscard]] Digest finish();

private:
    ContainerWriter(const FileKey&, const CounterStart&, std::uint64_t size,
                    std::span<std::byte, container_header_size> header);

    std::array<std::byte, 16> enc_;
    std::array<std::byte, 16> counter_block_;
    std::uint64_t size_;
    std::uint64_t authenticated_ = 0;
    HmacSha256 mac_;
};

} // namespace cp::imaging
