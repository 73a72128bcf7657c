#include "imaging/trellis.hpp"

#include "base/check.hpp"
#include "imaging/trellis_columns.hpp"
#include "imaging/trellis_steps.hpp"

#include <algorithm>
#include <array>

namespace cp::imaging {
namespace {

constexpr std::uint16_t unreachable = 0xffff;

const TrellisSteps& best_steps() {
    if (const TrellisSteps* steps = avx512_steps()) return *steps;
    if (const TrellisSteps* steps = avx2_steps()) return *steps;
    return portable_steps();
}

// Where block i of m begins among n bits.
std::size_t block_begin(std::size_t i, std::size_t n, std::size_t m) {
    return static_cast<std::size_t>(std::uint64_t{i} * n / m);
}

// All bits a column has left: the last blocks have no message bits below them.
std::uint16_t rows_left(unsigned height, std::size_t i, std::size_t m) {
    const std::size_t rows = std::min<std::size_t>(height, m - i);
    return static_cast<std::uint16_t>((1U << rows) - 1U);
}

// The columns of both widths that blocks have.
class Columns {
public:
    Columns(unsigned height, std::size_t n, std::size_t m)
        : narrow_{trellis_columns(height, static_cast<std::uint32_t>(n / m))},
          wide_{trellis_columns(height, static_cast<std::uint32_t>(n / m + 1))} {}

    [[nodiscard]] const std::uint16_t* of(std::size_t width) const {
        return width == narrow_.size() ? narrow_.data() : wide_.data();
    }

private:
    std::vector<std::uint16_t> narrow_;
    std::vector<std::uint16_t> wide_;
};

// The states between two steps, by the next `height` message bits that are odd so far.
class States {
public:
    States(unsigned height, const TrellisSteps& steps) : states_{1U << height}, steps_{steps} {
        std::fill_n(from_, states_, unreachable);
        from_[0] = 0;
    }
    States(const States&) = delete; // points into itself
    States& operator=(const States&) = delete;

    void step(const TrellisStep& step, std::uint8_t* path) {
        steps_.step(from_, to_, states_, step, path);
        std::swap(from_, to_);
    }

    // Drops the states whose lowest bit is not the message's, and moves on by one row. Sums are brought down
    // by the least of them: only differences matter, and they stay far below saturation.
    void end_block(std::uint8_t bit) {
        const unsigned half = states_ / 2;
        std::uint16_t least = unreachable;
        const std::uint16_t* kept = from_ + bit;
        std::uint16_t* next = to_;
        for (unsigned k = 0; k < half; ++k) next[k] = kept[2 * k];
        for (unsigned k = 0; k < half; ++k) least = std::min(least, next[k]);
        for (unsigned k = 0; k < half; ++k)
            next[k] = static_cast<std::uint16_t>(next[k] == unreachable ? unreachable : next[k] - least);
        std::fill_n(to_ + half, half, unreachable);
        std::swap(from_, to_);
    }

private:
    using Sums = std::array<std::uint16_t, 1024>;

    unsigned states_;
    const TrellisSteps& steps_;
    alignas(64) Sums first_;
    alignas(64) Sums second_;
    std::uint16_t* from_ = first_.data();
    std::uint16_t* to_ = second_.data();
};

} // namespace

TrellisEncoder::TrellisEncoder(unsigned height) : height_{height} { CP_CHECK(is_trellis_height(height)); }

void TrellisEncoder::embed(std::span<std::uint8_t> bits, std::span<const std::uint16_t> costs,
                           std::span<const std::uint8_t> message) {
    const std::size_t n = bits.size();
    const std::size_t m = message.size();
    CP_CHECK(costs.size() == n && m <= n);
    if (m == 0) return;
    const Columns columns{height_, n, m};
    const TrellisSteps& steps = best_steps();
    const std::size_t path_bytes = (std::size_t{1} << height_) / 8;
    paths_.resize(n * path_bytes);

    States states{height_, steps};
    for (std::size_t i = 0; i < m; ++i) {
        const std::uint16_t rows = rows_left(height_, i, m);
        const std::size_t begin = block_begin(i, n, m);
        const std::size_t end = block_begin(i + 1, n, m);
        const std::uint16_t* column_of = columns.of(end - begin);
        for (std::size_t j = begin; j < end; ++j) {
            const auto column = static_cast<std::uint16_t>(column_of[j - begin] & rows);
            const std::uint16_t cost = costs[j];
            const TrellisStep step =
                bits[j] != 0 ? TrellisStep{column, cost, 0} : TrellisStep{column, 0, cost};
            states.step(step, paths_.data() + j * path_bytes);
        }
        states.end_block(message[i]);
    }

    unsigned state = 0; // nothing is odd any more
    for (std::size_t i = m; i-- > 0;) {
        state = state << 1U | message[i];
        const std::uint16_t rows = rows_left(height_, i, m);
        const std::size_t begin = block_begin(i, n, m);
        const std::size_t end = block_begin(i + 1, n, m);
        const std::uint16_t* column_of = columns.of(end - begin);
        for (std::size_t j = end; j-- > begin;) {
            const bool one = steps.chosen(paths_.data() + j * path_bytes, state);
            bits[j] = one ? 1 : 0;
            if (one) state ^= static_cast<unsigned>(column_of[j - begin] & rows);
        }
    }
    CP_CHECK(state == 0);
}

void trellis_extract(unsigned height, std::span<const std::uint8_t> bits, std::span<std::uint8_t> message) {
    const std::size_t n = bits.size();
    const std::size_t m = message.size();
    CP_CHECK(is_trellis_height(height) && m <= n);
    if (m == 0) return;
    const Columns columns{height, n, m};
    unsigned state = 0;
    for (std::size_t i = 0; i < m; ++i) {
        const std::size_t begin = block_begin(i, n, m);
        const std::size_t end = block_begin(i + 1, n, m);
        const std::uint16_t* column_of = columns.of(end - begin);
        for (std::size_t j = begin; j < end; ++j) state ^= column_of[j - begin] * unsigned{bits[j]};
        message[i] = static_cast<std::uint8_t>(state & 1U);
        state >>= 1U;
    }
}

} // namespace cp::imaging
