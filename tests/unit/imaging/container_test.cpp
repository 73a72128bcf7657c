#include "base/ids.hpp"
#include "crypto/digest.hpp"
#include "imaging/container_writer.hpp"
#include "support/print.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cp;
using namespace cp::imaging;
using namespace cp::test;

namespace {

constexpr std::uint64_t limit = 1 << 20;
const Secret alice = Username{"alice"};
const Salt salt{std::byte{0xa0}, std::byte{0xa1}};
const CounterStart start{std::byte{1}, std::byte{2}};

FileKey key_for(const Secret& secret, const KeyParameters& parameters = {}) {
    return derive_file_key(secret, parameters, salt).value();
}

Bytes picture(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 31 + i / 256);
    return bytes;
}

Bytes encrypted(ByteView plaintext, const FileKey& key = key_for(alice)) {
    Bytes file(plaintext.size() + container_overhead);
    encrypt(key, start, plaintext, file).value();
    return file;
}

// What a forger who holds the keys could do: a changed header under a right key check and tag.
Bytes sealed_again(Bytes file, const FileKey& key = key_for(alice)) {
    const auto check = hmac_sha256(key.keys.mac, ByteView{file}.first(56));
    std::ranges::copy(ByteView{check}.first(8), file.begin() + 56);
    const auto tag = hmac_sha256(key.keys.mac, ByteView{file}.first(file.size() - container_tag_size));
    std::ranges::copy(tag, file.end() - container_tag_size);
    return file;
}

boost::system::error_code refusal(ByteView file, const Secret& secret = alice, std::uint64_t max = limit) {
    const auto opened = decrypt(file, secret, max);
    BOOST_TEST(opened.has_error());
    return opened.has_error() ? opened.error() : boost::system::error_code{};
}

Bytes with(Bytes file, std::size_t at, unsigned value) {
    file[at] = static_cast<std::byte>(value);
    return file;
}

} // namespace

BOOST_AUTO_TEST_SUITE(container)

BOOST_AUTO_TEST_CASE(what_was_encrypted_decrypts_at_every_size_also_around_the_chunks) {
    std::vector<std::size_t> sizes(301);
    for (std::size_t i = 0; i < sizes.size(); ++i) sizes[i] = i;
    for (const std::size_t around : {16384, 65536, 131072}) {
        for (const std::size_t size : {around - 1, around, around + 1}) sizes.push_back(size);
    }
    for (const std::size_t size : sizes) {
        const Bytes plaintext = picture(size);
        const Bytes file = encrypted(plaintext);
        const auto by_secret = decrypt(file, alice, size);
        BOOST_TEST_REQUIRE(by_secret.has_value(), size);
        BOOST_TEST((*by_secret == plaintext), size);
        BOOST_TEST((decrypt(file, key_for(alice), size).value() == plaintext), size);
    }
}

BOOST_AUTO_TEST_CASE(encrypts_in_place) {
    const Bytes plaintext = picture(40'000);
    Bytes file(plaintext.size() + container_overhead);
    const auto body = std::span{file}.subspan(container_header_size, plaintext.size());
    std::ranges::copy(plaintext, body.begin());
    BOOST_TEST_REQUIRE(encrypt(key_for(alice), start, body, file).has_value());
    BOOST_TEST((file == encrypted(plaintext)));
}

BOOST_AUTO_TEST_CASE(parts_enciphered_from_the_last_to_the_first_make_the_same_file) {
    const Bytes plaintext = picture(70'001); // the last part is short
    for (const std::size_t part : {std::size_t{1'000}, std::size_t{4'097}, std::size_t{70'001}}) {
        Bytes file(plaintext.size() + container_overhead);
        auto writer = ContainerWriter::begin(key_for(alice), start, plaintext.size(),
                                             std::span{file}.first<container_header_size>());
        BOOST_TEST_REQUIRE(writer.has_value());
        const auto body = std::span{file}.subspan(container_header_size, plaintext.size());
        for (std::size_t end = plaintext.size(); end > 0;) {
            const std::size_t at = (end - 1) / part * part;
            writer->encipher(at, ByteView{plaintext}.subspan(at, end - at), body.subspan(at, end - at));
            end = at;
        }
        writer->authenticate(body.first(part));
        writer->authenticate(body.subspan(part));
        std::ranges::copy(writer->finish(), file.end() - container_tag_size);
        BOOST_TEST((file == encrypted(plaintext)), part);
    }
}

BOOST_AUTO_TEST_CASE(a_writer_begins_nothing_under_parameters_that_no_reader_takes) {
    FileKey key = key_for(alice);
    key.parameters.cost = 1;
    std::array<std::byte, container_header_size> header{};
    BOOST_TEST((ContainerWriter::begin(key, start, 1, header).error() == errc::bad_field));
    key.parameters.profile = static_cast<Profile>(9);
    BOOST_TEST((ContainerWriter::begin(key, start, 1, header).error() == errc::bad_profile));
    BOOST_TEST((header == std::array<std::byte, container_header_size>{}));
}

BOOST_AUTO_TEST_CASE(every_changed_bit_is_refused) {
    const Bytes file = encrypted(picture(40));
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
        Bytes changed = file;
        changed[bit / 8] ^= std::byte{1} << bit % 8;
        const auto code = refusal(changed);
        if (bit / 8 >= container_header_size) BOOST_TEST(code == errc::damaged);
        if (bit / 8 >= 16 && bit / 8 < 44) BOOST_TEST(code == errc::wrong_key); // salt, counter start
        if (bit / 8 >= 56 && bit / 8 < 64) BOOST_TEST(code == errc::wrong_key); // key check
    }
}

BOOST_AUTO_TEST_CASE(every_cut_and_every_extension_is_refused) {
    const Bytes file = encrypted(picture(40));
    for (std::size_t size = 0; size < file.size(); ++size) {
        BOOST_TEST(refusal(ByteView{file}.first(size)) == errc::truncated);
    }
    Bytes longer = file;
    longer.push_back({});
    BOOST_TEST(refusal(longer) == errc::trailing_bytes);
}

BOOST_AUTO_TEST_CASE(the_first_failing_check_gives_the_reason) {
    const Bytes file = encrypted(picture(4));
    // Each change alone passes the checks before it; together the earliest one must win.
    Bytes all = with(file, 16, 0xff); // salt: wrong_key
    all[5] = std::byte{9};            // bad_profile
    BOOST_TEST(refusal(all) == errc::bad_profile);
    all[55] = std::byte{3}; // one byte too many
    BOOST_TEST(refusal(all) == errc::trailing_bytes);
    all[55] = std::byte{5}; // one byte too few
    BOOST_TEST(refusal(all) == errc::truncated);
    BOOST_TEST(refusal(all, alice, 4) == errc::too_large);
    all[47] = std::byte{1};
    BOOST_TEST(refusal(all, alice, 4) == errc::bad_field);
    all[47] = std::byte{0};
    all[15] = std::byte{1};
    BOOST_TEST(refusal(all, alice, 4) == errc::bad_field);
    all[4] = std::byte{2};
    BOOST_TEST(refusal(all, alice, 4) == errc::wrong_version);
    all[0] = std::byte{'c'};
    BOOST_TEST(refusal(all, alice, 4) == errc::wrong_magic);
    BOOST_TEST(refusal(ByteView{all}.first(95), alice, 4) == errc::truncated);
}

BOOST_AUTO_TEST_CASE(a_length_over_the_limit_is_refused_before_anything_is_allocated) {
    const Bytes file = encrypted(picture(100));
    BOOST_TEST(decrypt(file, alice, 100).has_value());
    BOOST_TEST(refusal(file, alice, 99) == errc::too_large);
    Bytes huge = file;
    std::fill_n(huge.begin() + 48, 8, std::byte{0xff});
    BOOST_TEST(refusal(huge) == errc::too_large);
    BOOST_TEST(refusal(huge, alice, ~std::uint64_t{0}) == errc::truncated); // no overflow of 96 + n
}

BOOST_AUTO_TEST_CASE(a_header_is_read_before_the_file_is) {
    const Bytes file = encrypted(picture(500));
    const auto header = read_header(ByteView{file}.first(container_header_size), file.size(), limit);
    BOOST_TEST_REQUIRE(header.has_value());
    BOOST_TEST(header->size == 500U);
    BOOST_TEST((header->salt == salt));
    BOOST_TEST((header->parameters == KeyParameters{}));
    BOOST_TEST(to_hex(header->counter_block) == "01020000000000000000000000000000");
    BOOST_TEST(read_header(ByteView{file}.first(63), file.size(), limit).error() == errc::truncated);
}

BOOST_AUTO_TEST_CASE(another_user_or_key_is_told_wrong_key) {
    const Bytes file = encrypted(picture(40));
    BOOST_TEST(refusal(file, Username{"Alice"}) == errc::wrong_key);
    BOOST_TEST(refusal(file, Username{""}) == errc::wrong_key);
    const FileKey by_file = key_for(UserKey{}, {.profile = Profile::key_file});
    const Bytes other = encrypted(picture(40), by_file);
    BOOST_TEST(decrypt(other, UserKey{}, limit).has_value());
    BOOST_TEST(refusal(other, UserKey{{std::byte{1}}}) == errc::wrong_key);
}

BOOST_AUTO_TEST_CASE(a_secret_of_another_kind_is_told_bad_profile) {
    const Bytes file = encrypted(picture(40));
    BOOST_TEST(refusal(file, Passphrase{"alice"}) == errc::bad_profile);
    BOOST_TEST(refusal(file, UserKey{}) == errc::bad_profile);
    for (const unsigned profile : {0U, 2U, 3U, 4U, 5U, 255U}) {
        BOOST_TEST(refusal(sealed_again(with(file, 5, profile))) == errc::bad_profile);
    }
}

BOOST_AUTO_TEST_CASE(a_file_with_another_salt_than_agreed_is_refused_though_its_tag_is_right) {
    const FileKey agreed = key_for(alice);
    FileKey other = agreed;
    other.salt[15] = std::byte{1}; // the leader holds the keys and could write this
    const Bytes file = encrypted(picture(40), other);
    BOOST_TEST(decrypt(file, other, limit).has_value());
    BOOST_TEST(decrypt(file, agreed, limit).error() == errc::wrong_key);
    FileKey as_key_file = agreed;
    as_key_file.parameters.profile = Profile::key_file;
    BOOST_TEST(decrypt(encrypted(picture(40), as_key_file), agreed, limit).error() == errc::wrong_key);
}

BOOST_AUTO_TEST_CASE(work_outside_the_limits_is_refused_before_it_is_done) {
    const auto verdict = [](unsigned profile, unsigned log2_n, unsigned r, std::uint32_t cost) {
        const KeyParameters p{.profile = static_cast<Profile>(profile),
                              .scrypt_log2_n = static_cast<std::uint8_t>(log2_n),
                              .scrypt_r = static_cast<std::uint8_t>(r),
                              .cost = cost};
        const auto result = check(p);
        return result ? boost::system::error_code{} : result.error();
    };
    for (const auto& [n, r, p] : {std::tuple{14U, 1U, 1U}, {20U, 16U, 4U}, {15U, 8U, 1U}}) {
        BOOST_TEST(!verdict(2, n, r, p));
    }
    for (const auto& [n, r, p] : {std::tuple{13U, 8U, 1U},
                                  {21U, 8U, 1U},
                                  {0U, 8U, 1U},
                                  {255U, 8U, 1U},
                                  {15U, 0U, 1U},
                                  {15U, 17U, 1U},
                                  {15U, 8U, 0U},
                                  {15U, 8U, 5U}}) {
        BOOST_TEST(verdict(2, n, r, p) == errc::bad_field);
    }
    BOOST_TEST(!verdict(3, 0, 0, 100'000));
    BOOST_TEST(!verdict(3, 0, 0, 10'000'000));
    for (const std::uint32_t iterations : {0U, 99'999U, 10'000'001U, 0xffff'ffffU}) {
        BOOST_TEST(verdict(3, 0, 0, iterations) == errc::bad_field);
    }
    BOOST_TEST(verdict(3, 1, 0, 100'000) == errc::bad_field);
    BOOST_TEST(verdict(3, 0, 1, 100'000) == errc::bad_field);
    for (const unsigned plain : {1U, 4U}) {
        BOOST_TEST(!verdict(plain, 0, 0, 0));
        BOOST_TEST(verdict(plain, 1, 0, 0) == errc::bad_field);
        BOOST_TEST(verdict(plain, 0, 1, 0) == errc::bad_field);
        BOOST_TEST(verdict(plain, 0, 0, 1) == errc::bad_field);
    }
    BOOST_TEST(verdict(0, 0, 0, 0) == errc::bad_profile);
    BOOST_TEST(verdict(5, 0, 0, 0) == errc::bad_profile);

    // A reader meets the same limits, behind a right key check and tag.
    const Bytes file = encrypted(picture(4));
    BOOST_TEST(refusal(sealed_again(with(file, 11, 1))) == errc::bad_field);
    const Bytes scrypt_2_255 = with(with(with(file, 5, 2), 6, 255), 7, 8);
    BOOST_TEST(refusal(sealed_again(scrypt_2_255), Passphrase{"p"}) == errc::bad_field);
    BOOST_TEST(decrypt(sealed_again(with(file, 11, 1)), key_for(alice), limit).error() == errc::bad_field);
}

BOOST_AUTO_TEST_CASE(a_writer_refuses_parameters_that_no_reader_takes) {
    FileKey key = key_for(alice);
    key.parameters.cost = 1;
    Bytes file(container_overhead);
    BOOST_TEST(encrypt(key, start, {}, file).error() == errc::bad_field);
    key.parameters = {.profile = static_cast<Profile>(9)};
    BOOST_TEST(encrypt(key, start, {}, file).error() == errc::bad_profile);
    BOOST_TEST((file == Bytes(container_overhead))); // and writes nothing
}

BOOST_AUTO_TEST_CASE(pbkdf2_keys_are_those_of_another_implementation) {
    const auto vector_salt = array_from_hex<16>("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
    const KeyParameters parameters{.profile = Profile::passphrase_pbkdf2, .cost = 100'000};
    const Secret secret = Passphrase{"correct horse battery staple"};
    const auto key = derive_file_key(secret, parameters, vector_salt);
    BOOST_TEST_REQUIRE(key.has_value());
    BOOST_TEST(to_hex(key->keys.enc) == "6cf04f530d2e5ebe67fb641f1026a995"); // Python's hashlib
    BOOST_TEST(to_hex(key->keys.mac) == "b9ff0dbd63aab147fc2cef9494f2984ec4badcc0c8f055c4436680f6ba190dc1");
    const Bytes file = encrypted(picture(40), *key);
    BOOST_TEST((decrypt(file, secret, limit).value() == picture(40)));
    BOOST_TEST(refusal(file, Passphrase{"correct horse"}) == errc::wrong_key);
}

BOOST_AUTO_TEST_CASE(mac_keys_depend_on_the_salt_and_encryption_keys_of_users_do_not) {
    const FileKey one = key_for(alice);
    const FileKey two = derive_file_key(alice, {}, Salt{}).value();
    BOOST_TEST((one.keys.enc == two.keys.enc));
    BOOST_TEST((one.keys.mac != two.keys.mac));
    const KeyParameters by_file{.profile = Profile::key_file};
    BOOST_TEST((derive_file_key(UserKey{}, by_file, salt)->keys.enc !=
                derive_file_key(UserKey{}, by_file, Salt{})->keys.enc));
}

BOOST_AUTO_TEST_CASE(a_file_holds_its_plaintext_and_nothing_else) {
    const FileKey key = key_for(alice);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{16} << 10U, std::size_t{50'001}}) {
        const Bytes plaintext = picture(size);
        const Bytes file = encrypted(plaintext);
        BOOST_TEST(check_holds(file, key, plaintext).has_value(), size);
        if (size == 0) continue;
        BOOST_TEST(
            (check_holds(file, key, with(plaintext, size - 1, 0x55)).error() == errc::digest_mismatch));
        BOOST_TEST((check_holds(file, key, picture(size + 1)).error() == errc::digest_mismatch));
        BOOST_TEST((check_holds(file, key, ByteView{plaintext}.first(size - 1)).error() == errc::too_large));
        BOOST_TEST((check_holds(with(file, 64, 0x55), key, plaintext).error() == errc::damaged));
        BOOST_TEST((check_holds(with(file, 56, 0x55), key, plaintext).error() == errc::wrong_key));
    }
}

BOOST_AUTO_TEST_SUITE_END()
