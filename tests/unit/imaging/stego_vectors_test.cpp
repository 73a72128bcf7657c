// Every record of tests/vectors/stego.txt: pictures that another implementation made from docs/formats.md.
#include "base/ids.hpp"
#include "crypto/digest.hpp"
#include "imaging/stego_format.hpp"
#include "support/print.hpp"
#include "support/vector_file.hpp"
#include "unit/imaging/stego_support.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace cp;
using namespace cp::imaging;
using namespace cp::test;

namespace {

std::uint32_t number(const VectorRecord& record, const std::string& key) {
    return static_cast<std::uint32_t>(std::stoul(record.text(key)));
}

Profile profile_of(const VectorRecord& record) { return static_cast<Profile>(number(record, "profile")); }

Secret secret_of(const VectorRecord& record) {
    if (profile_of(record) == Profile::username) return Username{"alice"};
    if (profile_of(record) == Profile::passphrase_scrypt) return Passphrase{"correct horse"};
    return UserKey{test_seed()};
}

Picture cover_of(const VectorRecord& record) {
    const auto channels = static_cast<std::uint8_t>(number(record, "colours"));
    Picture picture = blank_picture(number(record, "width"), number(record, "height"), channels);
    for (std::size_t i = 0; i < picture.samples.size(); ++i)
        picture.samples[i] = static_cast<std::byte>((i * 37 + i / 7) % 251);
    return picture;
}

Picture stego_of(const VectorRecord& record) {
    Picture picture = cover_of(record);
    std::istringstream changed{record.text("changed")};
    for (std::size_t i = 0; changed >> i;) picture.samples[i] ^= std::byte{1};
    return picture;
}

} // namespace

BOOST_AUTO_TEST_SUITE(stego_vectors)

BOOST_AUTO_TEST_CASE(keys_and_headers_are_those_of_another_implementation) {
    for (const VectorRecord& record : read_vectors("stego.txt")) {
        BOOST_TEST_CONTEXT(record.name) {
            const auto keys = derive_stego_keys(secret_of(record), profile_of(record), "alice").value();
            BOOST_TEST(to_hex(keys.location) == record.text("location key"));
            BOOST_TEST(to_hex(keys.header_enc) + to_hex(keys.header_mac) == record.text("header key"));
            const auto header = open_header(record.bytes("sealed header"), keys);
            BOOST_TEST_REQUIRE(header.has_value());
            BOOST_TEST(header->height == number(record, "trellis"));
            BOOST_TEST(to_hex(seal_header(*header, keys)) == record.text("sealed header"));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_another_implementation_hid_is_found) {
    for (const VectorRecord& record : read_vectors("stego.txt")) {
        BOOST_TEST_CONTEXT(record.name) {
            const auto hidden =
                extract(stego_of(record), secret_of(record), "alice", 1 << 20, one_after_another);
            BOOST_TEST_REQUIRE(hidden.has_value());
            BOOST_TEST(static_cast<std::uint32_t>(hidden->kind) == number(record, "kind"));
            BOOST_TEST((hidden->data == record.bytes("data")));
            BOOST_TEST((hidden->name == as_text(record.bytes("name"))));
        }
    }
}

// Which samples change is no part of the format, but a replay by a node of another build must give these
// bytes.
BOOST_AUTO_TEST_CASE(the_same_samples_change_on_every_machine) {
    Picture picture = test_photo(301, 299);
    const Bytes payload = random_bytes(3'000);
    HideJob job = job_for("alice", payload);
    job.name = "name";
    BOOST_TEST_REQUIRE(hide(picture, job, one_after_another).has_value());
    BOOST_TEST(to_hex(sha256(picture.samples)) ==
               "9fa998528238b7806f971ac79e1f82366a21be12af02d1344302a40eff965dba");
}

BOOST_AUTO_TEST_SUITE_END()
