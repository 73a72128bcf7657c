#include "crypto/seal.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cp;
using namespace cp::test;

namespace {

const ClusterKey key{array_from_hex<32>("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")};
const SessionId session{array_from_hex<12>("a0a1a2a3a4a5a6a7a8a9aaab")};
const Nonce nonce{.lane = 2, .counter = 0x0102030405060708};

struct Datagram {
    Bytes header{from_hex("43503250010203040506")};
    Bytes destination{from_hex("effe43501e15")};
    Bytes plain;
    Bytes sealed;

    explicit Datagram(std::size_t size) : plain(size), sealed(size + seal_tag_size) {
        for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<std::byte>(i * 7 + 3);
        SealCipher{key, session, "default"}.seal(nonce, header, destination, plain, sealed);
    }
    [[nodiscard]] bool opens(Nonce n = nonce) const {
        Bytes out(sealed.size() - seal_tag_size);
        const bool ok = SealCipher{key, session, "default"}.open(n, header, destination, sealed, out);
        BOOST_TEST(ok == (out == plain)); // never the plaintext without the verdict
        return ok;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(seal)

BOOST_AUTO_TEST_CASE(a_nonce_is_lane_then_counter_big_endian) {
    BOOST_TEST(to_hex(nonce.bytes()) == "000000020102030405060708");
}

// Made independently: HKDF and AES-256-GCM of Python's cryptography package.
BOOST_AUTO_TEST_CASE(sealed_bytes_are_those_of_hkdf_and_aes_256_gcm) {
    BOOST_TEST(to_hex(Datagram{20}.sealed) ==
               "63b8a24ab97b6b5ed65a5f7f6b6e73059ac4ce6ce3321d9b1210e5fd89c904ce6528ace6");
}

BOOST_AUTO_TEST_CASE(what_was_sealed_opens_at_every_length) {
    for (std::size_t size = 0; size <= 300; ++size) BOOST_TEST(Datagram{size}.opens(), size);
    BOOST_TEST(Datagram{1436}.opens());
    BOOST_TEST(Datagram{65507}.opens());
}

BOOST_AUTO_TEST_CASE(a_changed_bit_anywhere_does_not_open) {
    const auto each_bit = [](Bytes Datagram::*part) {
        Datagram datagram{45};
        for (std::size_t bit = 0; bit < 8 * (datagram.*part).size(); ++bit) {
            std::byte& b = (datagram.*part)[bit / 8];
            b ^= std::byte{1} << bit % 8;
            BOOST_TEST(!datagram.opens());
            b ^= std::byte{1} << bit % 8;
        }
        BOOST_TEST(datagram.opens());
    };
    each_bit(&Datagram::header);
    each_bit(&Datagram::destination);
    each_bit(&Datagram::sealed); // ciphertext and tag
    BOOST_TEST(!Datagram{45}.opens({.lane = 3, .counter = nonce.counter}));
    BOOST_TEST(!Datagram{45}.opens({.lane = 2, .counter = nonce.counter + 1}));
}

BOOST_AUTO_TEST_CASE(another_key_session_or_cluster_name_does_not_open) {
    Datagram datagram{45};
    Bytes out(45);
    const auto opens = [&](const ClusterKey& k, const SessionId& s, std::string_view name) {
        return SealCipher{k, s, name}.open(nonce, datagram.header, datagram.destination, datagram.sealed,
                                           out);
    };
    BOOST_TEST(opens(key, session, "default"));
    BOOST_TEST(!opens(ClusterKey{}, session, "default"));
    BOOST_TEST(!opens(key, SessionId{}, "default"));
    BOOST_TEST(!opens(key, session, "defaulT"));
    BOOST_TEST(!opens(key, session, ""));
}

BOOST_AUTO_TEST_CASE(a_datagram_shorter_than_a_tag_does_not_open) {
    SealCipher cipher{key, session, "default"};
    const Bytes some(seal_tag_size);
    for (std::size_t size = 0; size < seal_tag_size; ++size) {
        BOOST_TEST(!cipher.open(nonce, {}, {}, ByteView{some}.first(size), {}));
    }
}

BOOST_AUTO_TEST_CASE(a_truncated_or_extended_datagram_does_not_open) {
    Datagram datagram{45};
    datagram.sealed.push_back(std::byte{});
    BOOST_TEST(!datagram.opens());
    datagram.sealed.resize(datagram.sealed.size() - 2);
    BOOST_TEST(!datagram.opens());
}

BOOST_AUTO_TEST_CASE(seals_and_opens_in_place) {
    const Datagram datagram{1436};
    SealCipher cipher{key, session, "default"};
    Bytes buffer = datagram.plain;
    buffer.resize(buffer.size() + seal_tag_size);
    const std::span<std::byte> body = std::span{buffer}.first(datagram.plain.size());
    cipher.seal(nonce, datagram.header, datagram.destination, body, buffer);
    BOOST_TEST((buffer == datagram.sealed));
    BOOST_TEST(cipher.open(nonce, datagram.header, datagram.destination, buffer, body));
    BOOST_TEST(std::ranges::equal(body, datagram.plain));
}

BOOST_AUTO_TEST_CASE(a_datagram_that_failed_in_place_still_opens_under_the_right_key) {
    const Datagram datagram{1436};
    Bytes buffer = datagram.sealed;
    const std::span<std::byte> body = std::span{buffer}.first(datagram.plain.size());
    BOOST_TEST(!(SealCipher{ClusterKey{}, session, "default"}.open(nonce, datagram.header,
                                                                   datagram.destination, buffer, body)));
    BOOST_TEST((buffer == datagram.sealed));
    BOOST_TEST((SealCipher{key, session, "default"}.open(nonce, datagram.header, datagram.destination, buffer,
                                                         body)));
    BOOST_TEST(std::ranges::equal(body, datagram.plain));
}

BOOST_AUTO_TEST_CASE(one_cipher_serves_many_datagrams_in_any_order_also_after_a_failure_and_a_move) {
    SealCipher first{key, session, "default"};
    const Datagram datagram{100};
    Bytes sealed(116), out(100);
    first.seal({.lane = 1, .counter = 9}, {}, {}, datagram.plain, sealed);
    SealCipher cipher = std::move(first);
    BOOST_TEST(!cipher.open(nonce, {}, {}, sealed, out));
    BOOST_TEST(cipher.open(nonce, datagram.header, datagram.destination, datagram.sealed, out));
    cipher.seal(nonce, datagram.header, datagram.destination, datagram.plain, sealed);
    BOOST_TEST((sealed == datagram.sealed));
}

BOOST_AUTO_TEST_SUITE_END()
