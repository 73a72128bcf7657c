#include "base/ids.hpp"
#include "crypto/gcm.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

#include <tuple>

using namespace cp;
using namespace cp::test;

namespace {

Bytes pattern(std::size_t size, unsigned step) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>(i * step + 3);
    return out;
}

struct Sealed {
    Bytes text;
    GcmTag tag;
    bool operator==(const Sealed&) const = default;
};

template <class Cipher>
Sealed encrypted(Cipher& cipher, const std::array<std::byte, 12>& nonce, ByteView aad, ByteView plain) {
    Sealed out{Bytes(plain.size()), {}};
    out.tag = cipher.encrypt({nonce, aad, plain, out.text});
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gcm)

using Ciphers = std::tuple<CryptoppGcm, Gcm>; // one and the same where there is one library

// Test case 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega), the submission to NIST.
BOOST_AUTO_TEST_CASE_TEMPLATE(gives_the_bytes_of_the_published_test_case, Cipher, Ciphers) {
    Cipher cipher{array_from_hex<32>("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")};
    const auto nonce = array_from_hex<12>("cafebabefacedbaddecaf888");
    const Bytes aad = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const Bytes plain = from_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595"
                                 "6809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    const Sealed sealed = encrypted(cipher, nonce, aad, plain);
    BOOST_TEST(to_hex(sealed.text) ==
               "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590d"
               "bb3da7b08b1056828838c5f61e6393ba7a0abcc9f662");
    BOOST_TEST(to_hex(sealed.tag) == "76fc6ece0f4e1768cddf8853bb2d551b");
    Bytes back = sealed.text;
    BOOST_TEST((cipher.decrypt({nonce, aad, back, back}) == sealed.tag)); // in place
    BOOST_TEST((back == plain));
}

BOOST_AUTO_TEST_CASE(both_libraries_give_the_same_bytes_at_every_length) {
    const auto key = array_from_hex<32>("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    CryptoppGcm one{key};
    Gcm other{key};
    std::array<std::byte, 12> nonce{};
    for (std::size_t size = 0; size <= 1500; size += size < 300 ? 1 : 37) {
        nonce[11] = static_cast<std::byte>(size);
        const Bytes aad = pattern(size % 64, 5), plain = pattern(size, 7);
        const Sealed sealed = encrypted(one, nonce, aad, plain);
        BOOST_TEST((encrypted(other, nonce, aad, plain) == sealed), size);
        Bytes back(size);
        BOOST_TEST((other.decrypt({nonce, aad, sealed.text, back}) == sealed.tag), size);
        BOOST_TEST((back == plain), size);
    }
}

BOOST_AUTO_TEST_SUITE_END()
