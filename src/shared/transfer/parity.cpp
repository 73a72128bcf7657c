#include "transfer/parity.hpp"

#include "base/check.hpp"
#include "transfer/gf256.hpp"

#include <isa-l/erasure_code.h>

#include <algorithm>
#include <bitset>
#include <cstring>
#include <numeric>
#include <vector>

namespace cp::transfer {
namespace {

using Gf = Gf256::Element;

constexpr unsigned block_segments = limits::segments_per_block;
constexpr unsigned row_count = limits::parity_per_block_max;
static_assert(block_segments + row_count <= 256, "data and parity are distinct elements of GF(2^8)");

constexpr Gf point_of_row(unsigned row) { return static_cast<Gf>(block_segments + row); }

// The tables of a matrix, row by row. They are put together for the block that needs them: all rows of the
// code are half a MiB.
class Tables {
public:
    explicit Tables(std::size_t coefficients) : bytes_(coefficients * Gf256::table_most) {}
    void append(Gf coefficient) { used_ += field_.put_table(bytes_.data() + used_, coefficient); }
    // Of the code, a row's coefficients for these segments.
    void append_row(unsigned row, std::span<const std::uint8_t> segments) {
        for (const std::uint8_t column : segments) {
            append(field_.exp(field_.minus_log(static_cast<Gf>(point_of_row(row) ^ column))));
        }
    }
    // Each of `to` becomes the sum of all `from`, weighted by a row.
    void multiply(std::size_t bytes, std::vector<Gf*>& from, std::vector<Gf*>& to) {
        ec_encode_data(static_cast<int>(bytes), static_cast<int>(from.size()), static_cast<int>(to.size()),
                       bytes_.data(), from.data(), to.data());
    }

private:
    const Gf256& field_ = Gf256::instance();
    std::vector<Gf> bytes_;
    std::size_t used_ = 0;
};

// ISA-L takes no const, but writes only to `to`.
Gf* gf(const std::byte* bytes) {
    return reinterpret_cast<Gf*>(
        const_cast<std::byte*>(bytes)); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

std::vector<Gf*> pieces(MutableByteView bytes, std::size_t piece) {
    std::vector<Gf*> all;
    for (std::size_t at = 0; at < bytes.size(); at += piece) all.push_back(gf(bytes.data() + at));
    return all;
}

// The inverse of the square matrix 1 / (x_i ^ y_j), which is Cauchy's: 1 / (x_j ^ y_i) times four products,
// one for each of i and j above and below the line. In logarithms, so they are sums.
Tables inverse_of_cauchy(std::span<const Gf> x, std::span<const Gf> y) {
    const Gf256& field = Gf256::instance();
    const std::size_t n = x.size();
    const auto weight = [&](std::span<const Gf> own, std::span<const Gf> other, std::size_t i) {
        unsigned sum = 0;
        for (std::size_t k = 0; k < n; ++k) {
            sum += field.log(own[i] ^ other[k]);
            if (k != i) sum += field.minus_log(own[i] ^ own[k]);
        }
        return sum;
    };
    std::vector<unsigned> of_x(n);
    std::vector<unsigned> of_y(n);
    for (std::size_t i = 0; i < n; ++i) {
        of_x[i] = weight(x, y, i);
        of_y[i] = weight(y, x, i);
    }
    Tables inverse{n * n};
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            inverse.append(field.exp(of_y[i] + of_x[j] + field.minus_log(x[j] ^ y[i])));
        }
    }
    return inverse;
}

bool fit(std::size_t block_bytes, std::size_t segment_bytes, std::span<const std::uint8_t> missing,
         std::span<const ParitySegment> parity) {
    if (segment_bytes == 0 || block_bytes == 0 || block_bytes % segment_bytes != 0) return false;
    const std::size_t segments = block_bytes / segment_bytes;
    if (segments > block_segments || missing.size() > segments || parity.size() != missing.size())
        return false;
    for (std::size_t i = 0; i < missing.size(); ++i) {
        if (missing[i] >= segments || (i > 0 && missing[i] <= missing[i - 1])) return false;
    }
    std::bitset<row_count> seen;
    for (const ParitySegment& p : parity) {
        if (p.index >= row_count || seen[p.index] || p.bytes.size() != segment_bytes) return false;
        seen.set(p.index);
    }
    return true;
}

void add(MutableByteView sum, ByteView bytes) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= bytes[i];
}

} // namespace

void encode_parity(ByteView block, std::size_t segment_bytes, unsigned first, MutableByteView out) {
    const std::size_t count = out.size() / segment_bytes;
    std::vector<std::uint8_t> segments((block.size() + segment_bytes - 1) / segment_bytes);
    CP_CHECK(!segments.empty() && segments.size() <= block_segments && first + count <= row_count);
    std::iota(segments.begin(), segments.end(), std::uint8_t{0});
    std::vector<Gf*> from;
    for (std::size_t at = 0; at < block.size(); at += segment_bytes) from.push_back(gf(block.data() + at));
    Bytes padded;
    if (const std::size_t last = block.size() % segment_bytes; last != 0) {
        padded.resize(segment_bytes);
        std::memcpy(padded.data(), block.data() + block.size() - last, last);
        from.back() = gf(padded.data());
    }
    Tables rows{count * segments.size()};
    for (unsigned row = first; row < first + count; ++row) rows.append_row(row, segments);
    std::vector<Gf*> to = pieces(out, segment_bytes);
    rows.multiply(segment_bytes, from, to);
}

// Parity is the sum over all data. Less what the data that is here contributes, it is the sum over what is
// missing alone: as many equations as unknowns, and their matrix is a part of a Cauchy matrix.
bool decode_parity(MutableByteView block, std::size_t segment_bytes, std::span<const std::uint8_t> missing,
                   std::span<const ParitySegment> parity) {
    if (!fit(block.size(), segment_bytes, missing, parity)) return false;
    if (missing.empty()) return true;
    const std::size_t unknowns = missing.size();

    const std::vector<Gf*> all = pieces(block, segment_bytes);
    std::vector<Gf*> from;
    std::vector<Gf*> to;
    std::vector<std::uint8_t> here;
    for (std::size_t segment = 0; segment < all.size(); ++segment) {
        const bool is_missing = to.size() < unknowns && missing[to.size()] == segment;
        (is_missing ? to : from).push_back(all[segment]);
        if (!is_missing) here.push_back(static_cast<std::uint8_t>(segment));
    }
    std::vector<Gf> x;
    Tables rows{unknowns * here.size()};
    for (const ParitySegment& p : parity) {
        x.push_back(point_of_row(p.index));
        rows.append_row(p.index, here);
    }
    Bytes sums(unknowns * segment_bytes);
    std::vector<Gf*> of_sums = pieces(sums, segment_bytes);
    if (!here.empty()) rows.multiply(segment_bytes, from, of_sums);
    for (std::size_t i = 0; i < unknowns; ++i) {
        add(MutableByteView{sums}.subspan(i * segment_bytes, segment_bytes), parity[i].bytes);
    }
    inverse_of_cauchy(x, missing).multiply(segment_bytes, of_sums, to);
    return true;
}

} // namespace cp::transfer
