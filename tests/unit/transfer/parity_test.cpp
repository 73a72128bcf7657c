// Parity: known answers, any K of K + n, and arguments that contradict one another.
#include "transfer/parity.hpp"
#include "unit/transfer/fixtures.hpp"

#include <numeric>

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;

namespace {

constexpr std::size_t most = limits::parity_per_block_max;

// GF(2^8) as the definition says, with the polynomial 0x11d: shift and subtract.
unsigned multiplied(unsigned a, unsigned b) {
    unsigned product = 0;
    for (; b != 0; b >>= 1U) {
        if ((b & 1U) != 0) product ^= a;
        a = (a << 1U) ^ ((a & 0x80U) != 0 ? 0x11dU : 0U);
    }
    return product;
}

unsigned inverse(unsigned a) {
    for (unsigned b = 1; b < 256; ++b) {
        if (multiplied(a, b) == 1) return b;
    }
    return 0;
}

Bytes random_bytes(std::size_t size, std::uint64_t seed) {
    const Payload payload = random_payload(size, seed);
    return {payload.view().begin(), payload.view().end()};
}

// A block, what was taken out of it, and the parity that shall bring it back.
struct Damaged {
    Damaged(std::size_t segments, std::size_t bytes, std::size_t lost, std::uint64_t seed)
        : segment_bytes{bytes}, whole{random_bytes(segments * bytes, seed)}, block{whole} {
        Rng rng{seed};
        missing = pick(rng, segments, lost);
        const auto indexes = pick(rng, most, lost);
        parity_bytes.resize(most * bytes);
        encode_parity(whole, bytes, 0, parity_bytes);
        for (const std::uint8_t index : indexes) {
            parity.push_back({index, ByteView{parity_bytes}.subspan(index * bytes, bytes)});
        }
        for (const std::uint8_t segment : missing) {
            std::fill_n(block.begin() + static_cast<std::ptrdiff_t>(segment * bytes), bytes, std::byte{0xee});
        }
    }
    static std::vector<std::uint8_t> pick(Rng& rng, std::size_t of, std::size_t count) {
        std::vector<std::uint8_t> all(of);
        std::iota(all.begin(), all.end(), std::uint8_t{0});
        for (std::size_t i = 0; i < count; ++i) std::swap(all[i], all[i + rng.below(of - i)]);
        all.resize(count);
        std::ranges::sort(all);
        return all;
    }
    bool decode() { return decode_parity(block, segment_bytes, missing, parity); }

    std::size_t segment_bytes;
    Bytes whole;
    Bytes block;
    std::vector<std::uint8_t> missing;
    Bytes parity_bytes;
    std::vector<ParitySegment> parity;
};

} // namespace

BOOST_AUTO_TEST_SUITE(parity)

BOOST_AUTO_TEST_CASE(each_byte_is_the_sum_that_the_definition_names) {
    constexpr std::size_t segments = 128;
    constexpr std::size_t bytes = 33;
    const Bytes block = random_bytes(segments * bytes, 3);
    Bytes out(most * bytes);
    encode_parity(block, bytes, 0, out);
    for (std::size_t row = 0; row < most; row += 21) {
        for (std::size_t at = 0; at < bytes; ++at) {
            unsigned sum = 0;
            for (unsigned j = 0; j < segments; ++j) {
                const auto data = std::to_integer<unsigned>(block[j * bytes + at]);
                sum ^= multiplied(data, inverse((128U + static_cast<unsigned>(row)) ^ j));
            }
            BOOST_TEST_REQUIRE(std::to_integer<unsigned>(out[row * bytes + at]) == sum);
        }
    }
}

BOOST_AUTO_TEST_CASE(known_answers) {
    // 1 / (128 ^ 0), 1 / (129 ^ 0): of a block of one segment of ones.
    const Bytes block(16, std::byte{1});
    Bytes out(2 * 16);
    encode_parity(block, 16, 0, out);
    BOOST_TEST(std::to_integer<unsigned>(out[0]) == inverse(128));
    BOOST_TEST(std::to_integer<unsigned>(out[31]) == inverse(129));
    BOOST_TEST(inverse(128) == 0x1bU); // 1 / x^7 modulo x^8 + x^4 + x^3 + x^2 + 1
}

BOOST_AUTO_TEST_CASE(any_k_of_k_and_n_give_back_the_block) {
    std::uint64_t seed = 1;
    for (const std::size_t segments : {1U, 2U, 3U, 17U, 64U, 127U, 128U}) {
        for (const std::size_t bytes : {1U, 15U, 64U, 333U, 1420U}) {
            for (const std::size_t lost :
                 {std::size_t{0}, std::size_t{1}, std::size_t{2}, segments / 2, segments}) {
                if (lost > segments || lost > most) continue;
                Damaged damaged{segments, bytes, lost, seed++};
                BOOST_TEST_REQUIRE(damaged.decode());
                BOOST_TEST_REQUIRE((damaged.block == damaged.whole));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_run_of_indexes_equals_the_same_ones_of_all) {
    const Bytes block = random_bytes(100 * 64, 9);
    Bytes all(most * 64);
    Bytes some(5 * 64);
    encode_parity(block, 64, 0, all);
    encode_parity(block, 64, 40, some);
    BOOST_TEST(std::equal(some.begin(), some.end(), all.begin() + 40 * 64));
}

BOOST_AUTO_TEST_CASE(a_short_last_segment_counts_as_padded_with_zeros) {
    Bytes block = random_bytes(10 * 100, 4);
    std::fill(block.end() - 37, block.end(), std::byte{0});
    Bytes padded(3 * 100);
    Bytes cut(3 * 100);
    encode_parity(block, 100, 0, padded);
    encode_parity(ByteView{block}.first(1000 - 37), 100, 0, cut);
    BOOST_TEST((padded == cut));
}

BOOST_AUTO_TEST_CASE(a_short_block_is_a_full_one_of_zeros_beyond) {
    Bytes block = random_bytes(128 * 50, 5);
    std::fill(block.begin() + 70 * 50, block.end(), std::byte{0});
    Bytes full(4 * 50);
    Bytes shorter(4 * 50);
    encode_parity(block, 50, 7, full);
    encode_parity(ByteView{block}.first(70 * 50), 50, 7, shorter);
    BOOST_TEST((full == shorter));
}

BOOST_AUTO_TEST_CASE(parity_may_stand_in_the_place_of_what_is_missing) {
    Damaged damaged{128, 200, 40, 6};
    for (std::size_t i = 0; i < damaged.missing.size(); ++i) {
        // In the reverse order, so that none stands where it is solved to.
        const std::size_t slot = damaged.missing[damaged.missing.size() - 1 - i] * 200U;
        std::ranges::copy(damaged.parity[i].bytes, damaged.block.begin() + static_cast<std::ptrdiff_t>(slot));
        damaged.parity[i].bytes = ByteView{damaged.block}.subspan(slot, 200);
    }
    BOOST_TEST_REQUIRE(damaged.decode());
    BOOST_TEST((damaged.block == damaged.whole));
}

BOOST_AUTO_TEST_CASE(arguments_that_contradict_one_another_change_nothing) {
    const Damaged good{20, 64, 3, 7};
    const auto refused = [&](auto&& spoil) {
        Damaged bad = good;
        for (std::size_t i = 0; i < bad.parity.size(); ++i) {
            bad.parity[i].bytes = ByteView{bad.parity_bytes}.subspan(bad.parity[i].index * 64U, 64);
        }
        spoil(bad);
        return !bad.decode() && bad.block == good.block;
    };
    BOOST_TEST(refused([](Damaged& d) { d.parity.pop_back(); }));
    BOOST_TEST(refused([](Damaged& d) { d.missing.pop_back(); }));
    BOOST_TEST(refused([](Damaged& d) { d.missing.back() = 20; }));
    BOOST_TEST(refused([](Damaged& d) { d.missing[1] = d.missing[0]; }));
    BOOST_TEST(refused([](Damaged& d) { std::swap(d.missing[1], d.missing[0]); }));
    BOOST_TEST(refused([](Damaged& d) { d.parity[1].index = d.parity[0].index; }));
    BOOST_TEST(refused([](Damaged& d) { d.parity[2].index = most; }));
    BOOST_TEST(refused([](Damaged& d) { d.parity[2].index = 255; }));
    BOOST_TEST(refused([](Damaged& d) { d.parity[0].bytes = d.parity[0].bytes.first(63); }));
    BOOST_TEST(refused([](Damaged& d) { d.segment_bytes = 0; }));
    BOOST_TEST(refused([](Damaged& d) { d.segment_bytes = 63; }));
    Bytes none;
    BOOST_TEST(!decode_parity(none, 64, {}, {}));
    Bytes too_long(129);
    BOOST_TEST(!decode_parity(too_long, 1, {}, {}));
}

BOOST_AUTO_TEST_SUITE_END()
