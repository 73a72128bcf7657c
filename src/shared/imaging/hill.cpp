#include "imaging/hill.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

namespace cp::imaging {
namespace {

constexpr std::int64_t strip_rows = 128; // each strip repeats 15 rows of its neighbours
constexpr std::int64_t wide = 7;         // the 15x15 mean reaches that far

// The sum of a 3x3 window of residuals of 8 bits is at most 9 * 16 * 255; of 16 bits it is brought down to
// that.
constexpr std::size_t texture_max = 9 * 16 * 256;
constexpr std::uint32_t reciprocal_of_one = 1U << 18U;
constexpr std::uint32_t reciprocal_of_flat = 1U << 23U; // 225 of them still fit 31 bits

const std::vector<std::uint32_t>& reciprocals() {
    static const std::vector<std::uint32_t> table = [] {
        std::vector<std::uint32_t> t(texture_max + 1, reciprocal_of_flat);
        for (std::uint32_t i = 1; i < t.size(); ++i) t[i] = (reciprocal_of_one + i / 2) / i;
        return t;
    }();
    return table;
}

// Beyond an edge the picture goes on as in a mirror that lies on the last sample.
std::int64_t mirrored(std::int64_t i, std::int64_t count) {
    if (count == 1) return 0;
    const std::int64_t period = 2 * (count - 1);
    i = ((i % period) + period) % period;
    return i < count ? i : period - i;
}

// 16 steps per factor of two: the upper bits of a float are a logarithm. 2^10 becomes 0.
std::uint8_t logarithm(std::uint32_t value) {
    constexpr std::int32_t zero = (127 + 10) << 4;
    const auto code = static_cast<std::int32_t>(
        std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<std::int32_t>(value))) >> 19U);
    return static_cast<std::uint8_t>(std::clamp(code - zero, 0, 255));
}

// Rows that are remembered for a while: the last `Count` of those that were made, in order.
template <class T, std::int64_t Count>
class Ring {
public:
    explicit Ring(std::size_t row) : row_{row}, memory_(row * Count) {}
    [[nodiscard]] std::span<T> operator[](std::int64_t y) {
        return std::span{memory_}.subspan(static_cast<std::size_t>(y % Count) * row_, row_);
    }

private:
    std::size_t row_;
    std::vector<T> memory_;
};

// Costs of the rows of one strip. Neighbours within a row are `colours` samples apart.
class Strip {
public:
    Strip(const Picture& picture, std::span<std::uint8_t> costs)
        : picture_{picture}, costs_{costs}, height_{picture.height}, step_{picture.colours()},
          row_{std::size_t{picture.width} * step_}, samples_{row_ + 2 * step_}, residuals_{row_},
          reciprocals_{row_}, texture_(row_ + 2 * step_), padded_(row_ + 2 * wide * step_), sums_(row_) {}

    void run(std::int64_t from, std::int64_t to) {
        next_sample_ = std::max<std::int64_t>(0, from - wide - 2);
        next_residual_ = std::max<std::int64_t>(0, from - wide - 1);
        next_reciprocal_ = std::max<std::int64_t>(0, from - wide);
        need_reciprocals(std::min(from + wide, height_ - 1));
        for (std::int64_t k = -wide; k <= wide; ++k) add(from + k, 1);
        for (std::int64_t y = from; y < to; ++y) {
            if (y > from) {
                need_reciprocals(std::min(y + wide, height_ - 1));
                add(y + wide, 1);
                add(y - wide - 1, -1);
            }
            const auto out = costs_.subspan(static_cast<std::size_t>(y) * row_, row_);
            for (std::size_t i = 0; i < row_; ++i) out[i] = logarithm(sums_[i]);
        }
    }

private:
    void add(std::int64_t y, std::int32_t sign) {
        const auto row = reciprocals_[mirrored(y, height_)];
        const auto factor = static_cast<std::uint32_t>(sign);
        for (std::size_t i = 0; i < row_; ++i) sums_[i] += row[i] * factor;
    }

    // The picture's row without alpha, one pixel more at each end.
    void need_samples(std::int64_t last) {
        for (; next_sample_ <= last; ++next_sample_) {
            const auto out = samples_[next_sample_];
            const std::byte* in =
                picture_.samples.data() + static_cast<std::size_t>(next_sample_) * picture_.row_bytes();
            if (picture_.bytes_per_sample == 1)
                copy_row<std::uint8_t>(in, out.subspan(step_, row_));
            else
                copy_row<std::uint16_t>(in, out.subspan(step_, row_));
            pad(out, 1);
        }
    }

    template <class Sample>
    void copy_row(const std::byte* in, std::span<std::int32_t> out) const {
        const std::size_t channels = picture_.channels;
        for (std::size_t x = 0; x < picture_.width; ++x) {
            for (std::size_t c = 0; c < step_; ++c) {
                Sample sample{};
                std::memcpy(&sample, in + (x * channels + c) * sizeof(Sample), sizeof(Sample));
                out[x * step_ + c] = sample;
            }
        }
    }

    // Mirrors `pixels` pixels at both ends of a row that stands in the middle of `row`.
    template <class T>
    void pad(std::span<T> row, std::int64_t pixels) const {
        const std::int64_t width = picture_.width;
        for (std::int64_t k = 1; k <= pixels; ++k) {
            for (std::size_t c = 0; c < step_; ++c) {
                const auto at = [&](std::int64_t x) -> T& {
                    return row[static_cast<std::size_t>(x + pixels) * step_ + c];
                };
                at(-k) = at(mirrored(-k, width));
                at(width - 1 + k) = at(mirrored(width - 1 + k, width));
            }
        }
    }

    // -1 2 -1 / 2 -4 2 / -1 2 -1, which is the second difference down of the second difference across.
    void need_residuals(std::int64_t last) {
        for (; next_residual_ <= last; ++next_residual_) {
            need_samples(std::min(next_residual_ + 1, height_ - 1));
            const std::int32_t* a = samples_[mirrored(next_residual_ - 1, height_)].data();
            const std::int32_t* b = samples_[next_residual_].data();
            const std::int32_t* c = samples_[mirrored(next_residual_ + 1, height_)].data();
            const auto down = [&](std::size_t i) { return 2 * b[i] - a[i] - c[i]; };
            const auto out = residuals_[next_residual_];
            const std::size_t s = step_;
            for (std::size_t i = 0; i < row_; ++i) {
                const std::int32_t r = 2 * down(i + s) - down(i) - down(i + 2 * s);
                out[i] = static_cast<std::uint32_t>(r < 0 ? -r : r);
            }
        }
    }

    void need_reciprocals(std::int64_t last) {
        const std::uint32_t* table = reciprocals().data();
        const unsigned shift = picture_.bytes_per_sample == 1 ? 0 : 8;
        const std::size_t s = step_;
        for (; next_reciprocal_ <= last; ++next_reciprocal_) {
            need_residuals(std::min(next_reciprocal_ + 1, height_ - 1));
            const std::uint32_t* a = residuals_[mirrored(next_reciprocal_ - 1, height_)].data();
            const std::uint32_t* b = residuals_[next_reciprocal_].data();
            const std::uint32_t* c = residuals_[mirrored(next_reciprocal_ + 1, height_)].data();
            for (std::size_t i = 0; i < row_; ++i) texture_[i + s] = a[i] + b[i] + c[i];
            pad(std::span{texture_}, 1);
            std::uint32_t* middle = padded_.data() + static_cast<std::size_t>(wide) * s;
            for (std::size_t i = 0; i < row_; ++i) {
                const std::uint32_t sum = texture_[i] + texture_[i + s] + texture_[i + 2 * s];
                middle[i] = table[sum >> shift];
            }
            pad(std::span{padded_}, wide);
            sum_across(reciprocals_[next_reciprocal_]);
        }
    }

    // Windows of 15 pixels: what enters on the right, what leaves on the left.
    void sum_across(std::span<std::uint32_t> out) const {
        std::array<std::uint32_t, 3> window{};
        constexpr std::size_t span = 2 * wide + 1;
        for (std::size_t i = 0; i < (span - 1) * step_; ++i) window[i % step_] += padded_[i];
        const std::size_t s = step_;
        for (std::size_t i = 0; i < row_; i += s) {
            for (std::size_t c = 0; c < s; ++c) {
                window[c] += padded_[i + c + (span - 1) * s];
                out[i + c] = window[c];
                window[c] -= padded_[i + c];
            }
        }
    }

    const Picture& picture_;
    std::span<std::uint8_t> costs_;
    std::int64_t height_;
    std::size_t step_;
    std::size_t row_; // colour samples
    std::int64_t next_sample_ = 0;
    std::int64_t next_residual_ = 0;
    std::int64_t next_reciprocal_ = 0;
    Ring<std::int32_t, 4> samples_;
    Ring<std::uint32_t, 4> residuals_;
    Ring<std::uint32_t, 16> reciprocals_; // summed across already
    std::vector<std::uint32_t> texture_;
    std::vector<std::uint32_t> padded_;
    std::vector<std::uint32_t> sums_;
};

} // namespace

std::vector<std::uint8_t> hill_costs(const Picture& picture, const ParallelFor& spread) {
    std::vector<std::uint8_t> costs(picture.colour_samples());
    const std::int64_t height = picture.height;
    const auto strips = static_cast<std::size_t>((height + strip_rows - 1) / strip_rows);
    spread(strips, [&](std::size_t i) {
        const std::int64_t from = static_cast<std::int64_t>(i) * strip_rows;
        Strip{picture, costs}.run(from, std::min(from + strip_rows, height));
    });
    return costs;
}

} // namespace cp::imaging
