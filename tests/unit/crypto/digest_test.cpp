#include "base/ids.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/digest.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::test;

BOOST_AUTO_TEST_SUITE(digest)

BOOST_AUTO_TEST_CASE(sha256_gives_the_digests_of_fips_180) {
    BOOST_TEST(to_hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(to_hex(sha256(as_bytes("abc"))) ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(to_hex(sha256(Bytes(1'000'000, std::byte{'a'}))) ==
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(pieces_hash_like_the_whole_and_finish_starts_anew) {
    Sha256 hash;
    for (const char* piece : {"a", "", "bc"}) hash.update(as_bytes(piece));
    BOOST_TEST(to_hex(hash.finish()) == to_hex(sha256(as_bytes("abc"))));
    BOOST_TEST(to_hex(hash.finish()) == to_hex(sha256({})));

    Sha256 moved = std::move(hash);
    moved.update(as_bytes("abc"));
    BOOST_TEST(to_hex(moved.finish()) == to_hex(sha256(as_bytes("abc"))));
}

BOOST_AUTO_TEST_CASE(hmac_gives_the_tags_of_rfc_4231) {
    const auto vectors = read_vectors("cpe1.txt");
    const VectorRecord& two = find(vectors, "rfc4231 case 2");
    BOOST_TEST(to_hex(hmac_sha256(two.bytes("key"), two.bytes("data"))) == two.text("hmac_sha256"));
    BOOST_TEST(to_hex(hmac_sha256(Bytes(20, std::byte{0x0b}), as_bytes("Hi There"))) == // case 1
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    BOOST_TEST(to_hex(hmac_sha256(Bytes(131, std::byte{0xaa}), // case 6: a key longer than a block
                                  as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

BOOST_AUTO_TEST_CASE(hmac_of_pieces_equals_hmac_of_the_whole_under_the_same_key_again) {
    HmacSha256 mac{as_bytes("key")};
    for (int round = 0; round < 2; ++round) {
        mac.update(as_bytes("one "));
        mac.update(as_bytes("two"));
        BOOST_TEST(to_hex(mac.finish()) == to_hex(hmac_sha256(as_bytes("key"), as_bytes("one two"))));
    }
    HmacSha256 keyless{{}};
    BOOST_TEST(to_hex(keyless.finish()) ==
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

BOOST_AUTO_TEST_CASE(constant_time_comparison_sees_every_difference) {
    const Digest digest = sha256(as_bytes("x"));
    BOOST_TEST(equal_constant_time(digest, digest));
    BOOST_TEST(equal_constant_time({}, {}));
    BOOST_TEST(!equal_constant_time(digest, ByteView{digest}.first(31)));
    for (std::size_t i = 0; i < digest.size(); ++i) {
        Digest other = digest;
        other[i] ^= std::byte{0x80};
        BOOST_TEST(!equal_constant_time(digest, other));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(aes_ctr)

BOOST_AUTO_TEST_CASE(counter_mode_gives_the_known_answers_and_carries_through_all_128_bits) {
    int seen = 0;
    for (const VectorRecord& record : read_vectors("cpe1.txt")) {
        if (!record.has("key") || !record.has("iv")) continue;
        ++seen;
        const Bytes plain = record.bytes("plaintext");
        Bytes whole(plain.size());
        Aes128Ctr{array_from_hex<16>(record.text("key")), array_from_hex<16>(record.text("iv"))}.apply(plain,
                                                                                                       whole);
        BOOST_TEST(to_hex(whole) == record.text("ciphertext"), record.name);

        // In place, in pieces that end inside a block.
        Bytes pieces = plain;
        Aes128Ctr cipher{array_from_hex<16>(record.text("key")), array_from_hex<16>(record.text("iv"))};
        for (std::size_t at = 0; at < pieces.size();) {
            const auto piece = std::span{pieces}.subspan(at, std::min<std::size_t>(7, pieces.size() - at));
            cipher.apply(piece, piece);
            at += piece.size();
        }
        BOOST_TEST(to_hex(pieces) == record.text("ciphertext"), record.name);

        // Each byte alone, from the last to the first.
        Bytes bytes = plain;
        for (std::size_t at = bytes.size(); at-- > 0;) {
            cipher.seek(at);
            cipher.apply(std::span{bytes}.subspan(at, 1), std::span{bytes}.subspan(at, 1));
        }
        BOOST_TEST(to_hex(bytes) == record.text("ciphertext"), record.name);
    }
    BOOST_TEST(seen == 4);
}

BOOST_AUTO_TEST_SUITE_END()
