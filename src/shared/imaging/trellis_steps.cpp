#include "imaging/trellis_steps.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cp::imaging {
namespace {

bool plain_bit(const std::uint8_t* path, unsigned state) {
    return ((path[state / 8] >> (state % 8)) & 1U) != 0;
}

std::uint16_t saturating_sum(std::uint16_t a, std::uint16_t b) {
    return static_cast<std::uint16_t>(std::min(unsigned{a} + b, 0xffffU));
}

void portable_step(const std::uint16_t* from, std::uint16_t* to, unsigned states, const TrellisStep& step,
                   std::uint8_t* path) {
    for (unsigned k = 0; k < states; k += 8) {
        unsigned chosen = 0;
        for (unsigned i = 0; i < 8; ++i) {
            const std::uint16_t zero = saturating_sum(from[k + i], step.cost_of_0);
            const std::uint16_t one = saturating_sum(from[(k + i) ^ step.column], step.cost_of_1);
            to[k + i] = std::min(zero, one);
            chosen |= static_cast<unsigned>(one < zero) << i;
        }
        path[k / 8] = static_cast<std::uint8_t>(chosen);
    }
}

#if defined(__x86_64__)

// The low bits of the column move states within a vector, the others say which vector. One row a value of the
// column's three lowest bits.
// clang-format off
alignas(16) constexpr std::uint8_t shuffles[8][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                                      {2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13},
                                                      {4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11},
                                                      {6, 7, 4, 5, 2, 3, 0, 1, 14, 15, 12, 13, 10, 11, 8, 9},
                                                      {8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7},
                                                      {10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5},
                                                      {12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3},
                                                      {14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1}};
// clang-format on

// 16 states a vector, two vectors a round. Packing two vectors of 16-bit flags into bytes swaps their inner
// quarters: state bits 3 and 4 change places in the path. A flag is set for the bit 0.
template <bool swap_halves>
__attribute__((target("avx2"))) void avx2_rounds(const std::uint16_t* from, std::uint16_t* to,
                                                 unsigned states, const TrellisStep& step,
                                                 std::uint8_t* path) {
    const __m256i cost_of_0 = _mm256_set1_epi16(static_cast<short>(step.cost_of_0));
    const __m256i cost_of_1 = _mm256_set1_epi16(static_cast<short>(step.cost_of_1));
    const __m256i shuffle = _mm256_broadcastsi128_si256(
        _mm_load_si128(reinterpret_cast<const __m128i*>(shuffles[step.column & 7U])));
    const unsigned far = step.column & ~15U;
    const auto advance = [&](unsigned k) __attribute__((target("avx2"), always_inline)) {
        const __m256i here = _mm256_load_si256(reinterpret_cast<const __m256i*>(from + k));
        __m256i there = _mm256_load_si256(reinterpret_cast<const __m256i*>(from + (k ^ far)));
        if constexpr (swap_halves) there = _mm256_permute4x64_epi64(there, 0x4e);
        there = _mm256_shuffle_epi8(there, shuffle);
        const __m256i zero = _mm256_adds_epu16(here, cost_of_0);
        const __m256i best = _mm256_min_epu16(zero, _mm256_adds_epu16(there, cost_of_1));
        _mm256_store_si256(reinterpret_cast<__m256i*>(to + k), best);
        return _mm256_cmpeq_epi16(best, zero);
    };
    for (unsigned k = 0; k < states; k += 32) {
        const __m256i low = advance(k);
        const __m256i high = advance(k + 16);
        const int flags = _mm256_movemask_epi8(_mm256_packs_epi16(low, high));
        std::memcpy(path + k / 8, &flags, sizeof flags);
    }
}

void avx2_step(const std::uint16_t* from, std::uint16_t* to, unsigned states, const TrellisStep& step,
               std::uint8_t* path) {
    if ((step.column & 8U) != 0)
        avx2_rounds<true>(from, to, states, step, path);
    else
        avx2_rounds<false>(from, to, states, step, path);
}

bool avx2_chosen(const std::uint8_t* path, unsigned state) {
    const unsigned place = (state & ~24U) | (state & 8U) << 1U | (state & 16U) >> 1U;
    return !plain_bit(path, place);
}

// 32 states a vector; comparisons give the flags at once.
__attribute__((target("avx512f,avx512bw"))) void avx512_step(const std::uint16_t* from, std::uint16_t* to,
                                                             unsigned states, const TrellisStep& step,
                                                             std::uint8_t* path) {
    alignas(64) static constexpr std::uint16_t lanes[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                                            11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                                            22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    const __m512i cost_of_0 = _mm512_set1_epi16(static_cast<short>(step.cost_of_0));
    const __m512i cost_of_1 = _mm512_set1_epi16(static_cast<short>(step.cost_of_1));
    const __m512i near =
        _mm512_xor_si512(_mm512_load_si512(lanes), _mm512_set1_epi16(static_cast<short>(step.column & 31U)));
    const unsigned far = step.column & ~31U;
    for (unsigned k = 0; k < states; k += 32) {
        const __m512i there = _mm512_permutexvar_epi16(near, _mm512_load_si512(from + (k ^ far)));
        const __m512i zero = _mm512_adds_epu16(_mm512_load_si512(from + k), cost_of_0);
        const __m512i one = _mm512_adds_epu16(there, cost_of_1);
        _mm512_store_si512(to + k, _mm512_min_epu16(zero, one));
        const std::uint32_t flags = _mm512_cmplt_epu16_mask(one, zero);
        std::memcpy(path + k / 8, &flags, sizeof flags);
    }
}

#endif

} // namespace

const TrellisSteps& portable_steps() {
    static constexpr TrellisSteps steps{portable_step, plain_bit};
    return steps;
}

const TrellisSteps* avx2_steps() {
#if defined(__x86_64__)
    static constexpr TrellisSteps steps{avx2_step, avx2_chosen};
    return __builtin_cpu_supports("avx2") != 0 ? &steps : nullptr;
#else
    return nullptr;
#endif
}

const TrellisSteps* avx512_steps() {
#if defined(__x86_64__)
    static constexpr TrellisSteps steps{avx512_step, plain_bit};
    return __builtin_cpu_supports("avx512bw") != 0 ? &steps : nullptr;
#else
    return nullptr;
#endif
}

} // namespace cp::imaging
