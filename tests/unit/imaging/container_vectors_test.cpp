// Every record of tests/vectors/cpe1.txt that is a file, against the known answers of another implementation.
#include "base/ids.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/digest.hpp"
#include "imaging/container.hpp"
#include "support/print.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cp;
using namespace cp::imaging;
using namespace cp::test;

namespace {

constexpr std::uint64_t limit = 1 << 20;

// Secrets that the file describes in its comments, or leaves to the reader.
Secret secret_of(const std::string& record) {
    if (record == "scrypt 2^15,8,1") return Passphrase{"correct horse battery staple"};
    if (record == "key file") {
        UserKey key;
        for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::byte>(3 + 5 * i);
        return key;
    }
    return Username{"alice"};
}

KeyParameters parameters_of(const std::string& record) {
    if (record == "scrypt 2^15,8,1") {
        return {.profile = Profile::passphrase_scrypt, .scrypt_log2_n = 15, .scrypt_r = 8, .cost = 1};
    }
    if (record == "key file") return {.profile = Profile::key_file};
    return {};
}

errc error_of(const VectorRecord& record) {
    static const std::map<std::string, errc> words{
        {"format", errc::bad_field},        {"version", errc::wrong_version}, {"profile", errc::bad_profile},
        {"truncated", errc::truncated},     {"length", errc::too_large},      {"tag", errc::damaged},
        {"key-or-header", errc::wrong_key},
    };
    return record.name == "bad magic" ? errc::wrong_magic : words.at(record.text("error"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(container_vectors)

BOOST_AUTO_TEST_CASE(username_keys_are_the_first_half_of_the_hash) {
    int seen = 0;
    for (const VectorRecord& record : read_vectors("cpe1.txt")) {
        if (!record.has("username_utf8")) continue;
        ++seen;
        const Bytes name = record.bytes("username_utf8");
        const auto key = derive_file_key(Username{std::string{as_text(name)}}, {}, Salt{});
        BOOST_TEST_REQUIRE(key.has_value());
        BOOST_TEST(to_hex(key->keys.enc) == record.text("enc_key"));
    }
    BOOST_TEST(seen == 4);
}

BOOST_AUTO_TEST_CASE(each_file_is_written_to_the_byte_and_read_back) {
    int seen = 0;
    for (const VectorRecord& record : read_vectors("cpe1.txt")) {
        if (!record.has("mac_key")) continue;
        ++seen;
        const Secret secret = secret_of(record.name);
        const auto key =
            derive_file_key(secret, parameters_of(record.name), array_from_hex<16>(record.text("salt")));
        BOOST_TEST_REQUIRE(key.has_value(), record.name);
        BOOST_TEST(to_hex(key->keys.enc) == record.text("enc_key"), record.name);
        BOOST_TEST(to_hex(key->keys.mac) == record.text("mac_key"), record.name);

        const Bytes plaintext = record.bytes("plaintext");
        Bytes file(plaintext.size() + container_overhead);
        const auto start = array_from_hex<12>(record.text("iv").substr(0, 24));
        BOOST_TEST_REQUIRE(encrypt(*key, start, plaintext, file).has_value());
        BOOST_TEST(to_hex(file) == record.text("file"), record.name);

        const auto opened = decrypt(record.bytes("file"), secret, limit);
        BOOST_TEST_REQUIRE(opened.has_value(), record.name);
        BOOST_TEST(to_hex(*opened) == record.text("plaintext"), record.name);
    }
    BOOST_TEST(seen == 4);
}

BOOST_AUTO_TEST_CASE(each_bad_file_is_refused_for_its_reason) {
    int seen = 0;
    for (const VectorRecord& record : read_vectors("cpe1.txt")) {
        if (!record.has("error")) continue;
        ++seen;
        const auto opened = decrypt(record.bytes("file"), secret_of(record.text("like")), limit);
        BOOST_TEST_REQUIRE(opened.has_error(), record.name);
        BOOST_TEST(opened.error() == error_of(record), record.name);
    }
    BOOST_TEST(seen == 12);
}

// The openssl lines of docs/formats.md, step by step, with nothing of the reader under test.
BOOST_AUTO_TEST_CASE(a_username_file_opens_by_the_documented_layout_alone) {
    const auto vectors = read_vectors("cpe1.txt");
    const VectorRecord& record = find(vectors, "username alice, 1x1 png");
    const auto parameters = parameters_of(record.name);
    const auto key = derive_file_key(Username{"alice"}, parameters, array_from_hex<16>(record.text("salt")));
    BOOST_TEST_REQUIRE(key.has_value());
    const Bytes plaintext = record.bytes("plaintext");
    Bytes file(plaintext.size() + container_overhead);
    BOOST_TEST_REQUIRE(encrypt(*key, CounterStart{std::byte{7}}, plaintext, file).has_value());

    const ByteView view{file};
    const std::uint64_t n = ByteReader{view.subspan(48, 8)}.u64();
    BOOST_TEST_REQUIRE(n == plaintext.size());
    const auto iv = ByteReader{view.subspan(32, 16)}.array<16>();
    const auto aes_key = ByteReader{sha256(as_bytes("alice"))}.array<16>();
    Bytes opened(n);
    Aes128Ctr{aes_key, iv}.apply(view.subspan(64, n), opened);
    BOOST_TEST((opened == plaintext));
}

BOOST_AUTO_TEST_SUITE_END()
