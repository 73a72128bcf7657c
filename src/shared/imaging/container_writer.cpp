#include "imaging/container_writer.hpp"

#include "base/check.hpp"
#include "crypto/aes_ctr.hpp"
#include "imaging/container_layout.hpp"

#include <algorithm>

namespace cp::imaging {
using namespace container_layout;

namespace {

// Small enough that what the cipher wrote is still in a near cache when the MAC reads it; large enough that a
// cipher for each piece costs nothing.
constexpr std::size_t chunk_size = std::size_t{64} * 1024;

std::array<std::byte, 16> counter_block(const CounterStart& start) {
    std::array<std::byte, 16> block{};
    std::ranges::copy(start, block.begin());
    return block;
}

} // namespace

ContainerWriter::ContainerWriter(const FileKey& key, const CounterStart& start, std::uint64_t size,
                                 std::span<std::byte, container_header_size> header)
    : enc_{key.keys.enc}, counter_block_{counter_block(start)}, size_{size}, mac_{key.keys.mac} {
    ByteWriter writer{header};
    writer.bytes(as_bytes(magic));
    writer.u8(version);
    writer.u8(static_cast<std::uint8_t>(key.parameters.profile));
    writer.u8(key.parameters.scrypt_log2_n);
    writer.u8(key.parameters.scrypt_r);
    writer.u32(key.parameters.cost);
    writer.u32(0); // reserved
    writer.bytes(key.salt);
    writer.bytes(counter_block_);
    writer.u64(size);
    const Digest check = hmac_sha256(key.keys.mac, header.first(key_check_at));
    writer.bytes(ByteView{check}.first(key_check_size));
    CP_CHECK(writer.ok() && writer.size() == container_header_size);
    mac_.update(header);
}

Result<ContainerWriter> ContainerWriter::begin(const FileKey& key, const CounterStart& start,
                                               std::uint64_t size,
                                               std::span<std::byte, container_header_size> header) {
    if (auto ok = check(key.parameters); !ok) return ok.error();
    return ContainerWriter{key, start, size, header};
}

void ContainerWriter::encipher(std::uint64_t at, ByteView plaintext, std::span<std::byte> ciphertext) const {
    CP_CHECK(at <= size_ && plaintext.size() <= size_ - at);
    Aes128Ctr cipher{enc_, counter_block_};
    cipher.seek(at);
    cipher.apply(plaintext, ciphertext);
}

void ContainerWriter::authenticate(ByteView ciphertext) {
    CP_CHECK(ciphertext.size() <= size_ - authenticated_);
    mac_.update(ciphertext);
    authenticated_ += ciphertext.size();
}

Digest ContainerWriter::finish() {
    CP_CHECK(authenticated_ == size_);
    return mac_.finish();
}

Result<void> encrypt(const FileKey& key, const CounterStart& start, ByteView plaintext,
                     std::span<std::byte> out, const Written& written) {
    CP_CHECK(out.size() == plaintext.size() + container_overhead);
    const auto ciphertext = out.subspan(container_header_size, plaintext.size());
    auto writer = ContainerWriter::begin(key, start, plaintext.size(), out.first<container_header_size>());
    if (!writer) return writer.error();
    for (std::size_t at = 0; at < plaintext.size(); at += chunk_size) {
        const auto chunk = ciphertext.subspan(at, std::min(chunk_size, plaintext.size() - at));
        writer->encipher(at, plaintext.subspan(at, chunk.size()), chunk);
        writer->authenticate(chunk);
        if (written) written(container_header_size + at + chunk.size());
    }
    std::ranges::copy(writer->finish(), out.last<container_tag_size>().begin());
    return {};
}

} // namespace cp::imaging
