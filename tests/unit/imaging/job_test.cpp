#include "base/ids.hpp"
#include "base/payload.hpp"
#include "imaging/job.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string_view>

using namespace cp;
using namespace cp::imaging;

namespace {

Seed seed(unsigned first = 0) {
    Seed bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(first + i);
    return bytes;
}

Job job_for(const Secret& secret, const KeyParameters& parameters = {}) {
    const FileKey key = file_key_for(secret, parameters, seed()).value();
    return {.seed = seed(), .parameters = parameters, .keys = key.keys, .input = as_bytes("an image")};
}

Result<Payload> answer_of(const Job& job) {
    Bytes out(answer_size(job));
    if (const auto done = run(job, out); !done) return done.error();
    return Payload{std::move(out)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(job)

// HKDF of Python's cryptography package: a change would break the replay of tasks between versions.
BOOST_AUTO_TEST_CASE(salt_and_counter_are_hkdf_of_the_seed) {
    BOOST_TEST(to_hex(derive_salt(seed())) == "87875a700e9521a5016362abbf12c2a8");
    BOOST_TEST(to_hex(derive_counter_start(seed())) == "ed65fa2e7ab8f983c419292d");
    BOOST_TEST((derive_salt(seed(1)) != derive_salt(seed())));
}

BOOST_AUTO_TEST_CASE(the_client_opens_what_the_leader_made_from_the_secret_and_from_the_key) {
    const Secret secret = Username{"alice"};
    const auto answer = answer_of(job_for(secret));
    BOOST_TEST_REQUIRE(answer.has_value());
    const auto opened = decrypt(answer->view(), secret, 100);
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(as_text(*opened) == "an image");
    const auto key = file_key_for(secret, {}, seed());
    BOOST_TEST(as_text(decrypt(answer->view(), *key, 100).value()) == "an image");
}

BOOST_AUTO_TEST_CASE(the_same_job_gives_the_same_bytes_and_another_seed_others) {
    const Job job = job_for(UserKey{}, {.profile = Profile::key_file});
    const auto first = answer_of(job);
    const auto second = answer_of(job);
    BOOST_TEST_REQUIRE((first.has_value() && second.has_value()));
    BOOST_TEST(std::ranges::equal(first->view(), second->view()));
    Job other = job;
    other.seed = seed(1);
    const auto third = answer_of(other);
    BOOST_TEST_REQUIRE(third.has_value());
    BOOST_TEST(!std::ranges::equal(first->view().subspan(64, 8), third->view().subspan(64, 8)));
}

BOOST_AUTO_TEST_CASE(an_empty_input_becomes_a_container_of_the_overhead_alone) {
    Job job = job_for(Username{"alice"});
    job.input = {};
    const auto answer = answer_of(job);
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->size() == container_overhead);
}

BOOST_AUTO_TEST_CASE(what_a_peer_must_not_ask_for_is_an_error) {
    Job job = job_for(Username{"alice"});
    job.parameters.cost = 7;
    BOOST_TEST(answer_of(job).error() == errc::bad_field);
    job.parameters = {.profile = static_cast<Profile>(0)};
    BOOST_TEST(answer_of(job).error() == errc::bad_profile);
}

BOOST_AUTO_TEST_SUITE_END()
