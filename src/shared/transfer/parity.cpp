#include "transfer/parity.hpp"

#include "base/check.hpp"

#include <isa-l/erasure_code.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <vector>

namespace cp::transfer {
namespace {

using Gf = unsigned char;

constexpr unsigned block_segments = limits::segments_per_block;
constexpr unsigned row_count = limits::parity_per_block_max;
constexpr std::size_t table_bytes = 32; // of ISA-L, for one coefficient
static_assert(block_segments + row_count <= 256, "data and parity are distinct elements of GF(2^8)");

constexpr Gf point_of_row(unsigned row) { return static_cast<Gf>(block_segments + row); }

Gf product(Gf a, Gf b) { return gf_mul(a, b); }
Gf inverse(Gf a) { return gf_inv(a); }

// What ISA-L multiplies with: a table for each coefficient of a row-major matrix. A microsecond for two rows
// of a block, so none are kept: all of them would cost half a millisecond before the first small object is
// repaired.
std::vector<Gf> tables_of(std::vector<Gf> coefficients, std::size_t columns) {
    std::vector<Gf> tables(coefficients.size() * table_bytes);
    ec_init_tables(static_cast<int>(columns), static_cast<int>(coefficients.size() / columns),
                   coefficients.data(), tables.data());
    return tables;
}

// Of the code, the first coefficients of a row.
void append_row(std::vector<Gf>& matrix, unsigned row, std::size_t columns) {
    for (std::size_t column = 0; column < columns; ++column) {
        matrix.push_back(inverse(static_cast<Gf>(point_of_row(row) ^ column)));
    }
}

// ISA-L takes no const, but writes only to `to`.
Gf* gf(const std::byte* bytes) {
    return reinterpret_cast<Gf*>(
        const_cast<std::byte*>(bytes)); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

// Each of `to` becomes the sum of all `from`, weighted by a row of `tables`.
void multiply(std::size_t bytes, std::vector<Gf>& tables, std::vector<Gf*>& from, std::vector<Gf*>& to) {
    ec_encode_data(static_cast<int>(bytes), static_cast<int>(from.size()), static_cast<int>(to.size()),
                   tables.data(), from.data(), to.data());
}

std::vector<Gf*> pieces(MutableByteView bytes, std::size_t piece) {
    std::vector<Gf*> all;
    for (std::size_t at = 0; at < bytes.size(); at += piece) all.push_back(gf(bytes.data() + at));
    return all;
}

// Of the square matrix 1 / (x_i ^ y_j), which is Cauchy's: 1 / (x_j ^ y_i) times four products, one for each
// of i and j above and below the line. Row by row.
std::vector<Gf> inverse_of_cauchy(std::span<const Gf> x, std::span<const Gf> y) {
    const std::size_t n = x.size();
    const auto weight = [n](std::span<const Gf> own, std::span<const Gf> other, std::size_t i) {
        Gf above = 1;
        Gf below = 1;
        for (std::size_t k = 0; k < n; ++k) {
            above = product(above, own[i] ^ other[k]);
            if (k != i) below = product(below, own[i] ^ own[k]);
        }
        return product(above, inverse(below));
    };
    std::vector<Gf> of_x(n);
    std::vector<Gf> of_y(n);
    for (std::size_t i = 0; i < n; ++i) {
        of_x[i] = weight(x, y, i);
        of_y[i] = weight(y, x, i);
    }
    std::vector<Gf> result(n * n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            result[i * n + j] = product(product(of_y[i], of_x[j]), inverse(x[j] ^ y[i]));
        }
    }
    return result;
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
    const std::size_t segments = (block.size() + segment_bytes - 1) / segment_bytes;
    CP_CHECK(segments >= 1 && segments <= block_segments && first + count <= row_count);
    std::vector<Gf*> from;
    for (std::size_t at = 0; at < block.size(); at += segment_bytes) from.push_back(gf(block.data() + at));
    Bytes padded;
    if (const std::size_t last = block.size() % segment_bytes; last != 0) {
        padded.resize(segment_bytes);
        std::memcpy(padded.data(), block.data() + block.size() - last, last);
        from.back() = gf(padded.data());
    }
    std::vector<Gf> rows;
    for (unsigned row = first; row < first + count; ++row) append_row(rows, row, segments);
    std::vector<Gf> tables = tables_of(std::move(rows), segments);
    std::vector<Gf*> to = pieces(out, segment_bytes);
    multiply(segment_bytes, tables, from, to);
}

// Parity is the sum over all data. Less what the data that is here contributes, it is the sum over what is
// missing alone: as many equations as unknowns, and their matrix is a part of a Cauchy matrix.
bool decode_parity(MutableByteView block, std::size_t segment_bytes, std::span<const std::uint8_t> missing,
                   std::span<const ParitySegment> parity) {
    if (!fit(block.size(), segment_bytes, missing, parity)) return false;
    if (missing.empty()) return true;
    const std::size_t unknowns = missing.size();
    const std::size_t segments = block.size() / segment_bytes;

    const Bytes zeros(segment_bytes);
    std::vector<Gf*> from = pieces(block, segment_bytes);
    std::vector<Gf*> to;
    std::vector<Gf> x;
    std::vector<Gf> y;
    std::vector<Gf> rows;
    for (std::size_t i = 0; i < unknowns; ++i) {
        to.push_back(from[missing[i]]);
        from[missing[i]] = gf(zeros.data());
        x.push_back(point_of_row(parity[i].index));
        y.push_back(missing[i]);
        append_row(rows, parity[i].index, segments);
    }
    Bytes sums(unknowns * segment_bytes);
    std::vector<Gf*> of_sums = pieces(sums, segment_bytes);
    std::vector<Gf> tables = tables_of(std::move(rows), segments);
    multiply(segment_bytes, tables, from, of_sums);
    for (std::size_t i = 0; i < unknowns; ++i) {
        add(MutableByteView{sums}.subspan(i * segment_bytes, segment_bytes), parity[i].bytes);
    }

    tables = tables_of(inverse_of_cauchy(x, y), unknowns);
    multiply(segment_bytes, tables, of_sums, to);
    return true;
}

} // namespace cp::transfer
