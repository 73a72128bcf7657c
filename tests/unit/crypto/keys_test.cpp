#include "base/ids.hpp"
#include "crypto/keys.hpp"
#include "support/print.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::test;

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(hkdf_gives_the_key_material_of_rfc_5869) {
    const auto vectors = read_vectors("cpe1.txt");
    const Bytes ikm(22, std::byte{0x0b});
    Bytes okm(42);
    hkdf_sha256(ikm, from_hex("000102030405060708090a0b0c"), from_hex("f0f1f2f3f4f5f6f7f8f9"), okm);
    BOOST_TEST(to_hex(okm) == find(vectors, "rfc5869 case 1").text("okm"));
    hkdf_sha256(ikm, {}, {}, okm); // case 3: no salt is a salt of zeros
    BOOST_TEST(to_hex(okm) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                              "9d201395faa4b61a96c8");
}

BOOST_AUTO_TEST_CASE(hkdf_fills_up_to_255_digests_and_each_length_is_a_prefix) {
    Bytes longest(255 * 32), one(1);
    hkdf_sha256(as_bytes("ikm"), as_bytes("salt"), as_bytes("info"), longest);
    hkdf_sha256(as_bytes("ikm"), as_bytes("salt"), as_bytes("info"), one);
    BOOST_TEST((one[0] == longest[0]));
    BOOST_TEST((longest.back() != std::byte{} || longest[longest.size() - 2] != std::byte{}));
}

BOOST_AUTO_TEST_CASE(scrypt_gives_the_key_material_of_rfc_7914) {
    const auto vectors = read_vectors("cpe1.txt");
    Bytes out(64);
    BOOST_TEST(scrypt({}, {}, {.cost = 16, .block_size = 1, .parallelism = 1}, out).has_value());
    BOOST_TEST(to_hex(out) == "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                              "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
    const ScryptParameters second{.cost = 16384, .block_size = 8, .parallelism = 1};
    BOOST_TEST(scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), second, out).has_value());
    BOOST_TEST(to_hex(out) == find(vectors, "rfc7914 scrypt N=16384 r=8 p=1").text("okm"));
}

BOOST_AUTO_TEST_CASE(scrypt_refuses_what_the_rfc_excludes) {
    Bytes out(48);
    for (const ScryptParameters& bad :
         {ScryptParameters{.cost = 0, .block_size = 8, .parallelism = 1},
          {.cost = 1, .block_size = 8, .parallelism = 1},
          {.cost = 15, .block_size = 8, .parallelism = 1},
          {.cost = 16, .block_size = 0, .parallelism = 1},
          {.cost = 16, .block_size = 8, .parallelism = 0},
          {.cost = 16, .block_size = 0x8000'0000, .parallelism = 0x8000'0000}}) {
        const auto result = scrypt(as_bytes("p"), as_bytes("s"), bad, out);
        BOOST_TEST_REQUIRE(result.has_error());
        BOOST_TEST(result.error() == errc::bad_field);
    }
}

BOOST_AUTO_TEST_CASE(pbkdf2_gives_the_key_material_of_rfc_7914) {
    Bytes out(64);
    pbkdf2_hmac_sha256(as_bytes("passwd"), as_bytes("salt"), 1, out);
    BOOST_TEST(to_hex(out) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                              "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
    pbkdf2_hmac_sha256(as_bytes("Password"), as_bytes("NaCl"), 80000, out);
    BOOST_TEST(to_hex(out) == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
                              "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

BOOST_AUTO_TEST_CASE(a_cluster_key_survives_its_text_form) {
    const std::string text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
    const auto key = parse_cluster_key(text);
    BOOST_TEST_REQUIRE(key.has_value());
    BOOST_TEST(to_text(*key) == text);
    for (const std::string& spelled :
         {" \t" + text + "\r\n", text + "\n",
          std::string{"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1EFF"}}) {
        const auto same = parse_cluster_key(spelled);
        BOOST_TEST_REQUIRE(same.has_value());
        BOOST_TEST(to_text(*same) == text);
    }
}

BOOST_AUTO_TEST_CASE(a_cluster_key_of_another_shape_is_refused_with_the_reason) {
    const std::string good(64, 'a');
    const auto why = [](const std::string& text) { return parse_cluster_key(text).error(); };
    BOOST_TEST(why("") == errc::truncated);
    BOOST_TEST(why(" \n") == errc::truncated);
    BOOST_TEST(why(good.substr(1)) == errc::truncated);
    BOOST_TEST(why(good + "a") == errc::trailing_bytes);
    BOOST_TEST(why(good.substr(2) + "g0") == errc::bad_field);
    BOOST_TEST(why(good.substr(32) + " " + good.substr(33)) == errc::bad_field);
    BOOST_TEST(why("0x" + good.substr(2)) == errc::bad_field);
}

BOOST_AUTO_TEST_CASE(a_fingerprint_tells_keys_apart_without_showing_them) {
    ClusterKey a, b;
    b.bytes[31] = std::byte{1};
    BOOST_TEST(fingerprint(a).size() == 16U);
    BOOST_TEST(fingerprint(a) != fingerprint(b));
    BOOST_TEST(fingerprint(a) == fingerprint(ClusterKey{}));
    BOOST_TEST(to_text(a).find(fingerprint(a)) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
