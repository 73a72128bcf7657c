#include "imaging/sample_order.hpp"

#include "base/check.hpp"
#include "crypto/aes_ctr.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace cp::imaging {
namespace {

// The stream's number stands in the upper half of the counter block; the lower half counts.
Aes128Ctr::CounterBlock counter_block(std::uint64_t stream) {
    Aes128Ctr::CounterBlock block{};
    ByteWriter{block}.u64(stream);
    return block;
}

constexpr std::uint64_t dealing_stream = 0;
std::uint64_t shuffling_stream(std::uint32_t segment) { return std::uint64_t{1} + segment; }

// 32-bit numbers out of a keystream, brought below a bound by multiplication. The bias, 2^-14 of a place in
// the worst case, tells nobody anything.
class Draws {
public:
    Draws(const LocationKey& key, std::uint64_t stream) : cipher_{first_half(key), counter_block(stream)} {}

    std::uint32_t below(std::uint32_t bound) {
        if (at_ == buffer_.size()) refill();
        std::uint32_t draw = 0;
        for (std::size_t i = 0; i < 4; ++i)
            draw = draw << 8U | std::to_integer<std::uint32_t>(buffer_[at_ + i]);
        at_ += 4;
        return static_cast<std::uint32_t>((std::uint64_t{draw} * bound) >> 32U);
    }

private:
    static Aes128Ctr::Key first_half(const LocationKey& key) {
        Aes128Ctr::Key half{};
        std::copy_n(key.begin(), half.size(), half.begin());
        return half;
    }

    void refill() {
        buffer_.fill(std::byte{});
        cipher_.apply(buffer_, buffer_);
        at_ = 0;
    }

    Aes128Ctr cipher_;
    std::array<std::byte, 4096> buffer_{};
    std::size_t at_ = buffer_.size();
};

} // namespace

SampleOrder::SampleOrder(const LocationKey& key, std::uint64_t samples) : key_{key}, samples_{samples} {
    CP_CHECK(samples > 0 && samples <= std::numeric_limits<std::uint32_t>::max());
    segments_ = static_cast<std::uint32_t>((samples + segment_samples_max - 1) / segment_samples_max);
    offsets_.resize(static_cast<std::size_t>((samples + segments_ - 1) / segments_));
    Draws draws{key_, dealing_stream};
    for (std::uint32_t& offset : offsets_) offset = draws.below(segments_);
}

std::uint32_t SampleOrder::size(std::uint32_t segment) const {
    return sample(segment, rounds() - 1) < samples_ ? rounds() : rounds() - 1; // the last may be a short one
}

void SampleOrder::shuffle(std::uint32_t segment, std::vector<std::uint32_t>& rounds) const {
    rounds.resize(size(segment));
    std::iota(rounds.begin(), rounds.end(), 0U);
    Draws draws{key_, shuffling_stream(segment)};
    for (std::uint32_t i = size(segment); i > 1; --i) std::swap(rounds[i - 1], rounds[draws.below(i)]);
}

} // namespace cp::imaging
