#include "imaging/stego.hpp"
#include "imaging/stego_format.hpp"
#include "support/copy_picture.hpp"
#include "support/print.hpp"
#include "unit/imaging/stego_support.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <thread>

using namespace cp;
using namespace cp::imaging;
using cp::test::copy_of;

namespace {

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& job) {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 3; ++t)
        threads.emplace_back([&, t] {
            for (std::size_t i = t; i < count; i += 3) job(i);
        });
}

// The most that fits beside a name of no bytes.
std::size_t most(const Picture& picture, unsigned rate = rate_max) {
    return static_cast<std::size_t>(stego_capacity(picture.colour_samples(), rate).value());
}

void comes_back(const Picture& cover, const HideJob& job) {
    Picture picture = copy_of(cover);
    const auto report = hide(picture, job, one_after_another);
    BOOST_TEST_REQUIRE(report.has_value());
    const auto hidden = extract_as("alice", picture);
    BOOST_TEST_REQUIRE(hidden.has_value());
    BOOST_TEST((std::ranges::equal(hidden->data, job.payload)));
    BOOST_TEST(hidden->name == job.name);
    BOOST_TEST((hidden->kind == job.kind));
}

int sample_at(const Picture& picture, std::size_t index) {
    std::uint16_t value = 0;
    std::memcpy(&value, picture.samples.data() + index * picture.bytes_per_sample, picture.bytes_per_sample);
    return value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(stego)

BOOST_AUTO_TEST_CASE(payloads_of_every_size_come_back_from_every_layout) {
    for (std::uint8_t depth : {std::uint8_t{1}, std::uint8_t{2}}) {
        for (std::uint8_t channels = 1; channels <= 4; ++channels) {
            const Picture cover = test_photo(131, 97, channels, depth);
            for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{17}, most(cover, 50),
                                     most(cover) - 1, most(cover)}) {
                const Bytes payload = random_bytes(size);
                comes_back(cover, job_for("alice", payload));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(one_byte_more_than_the_capacity_is_refused) {
    for (std::uint32_t side : {42U, 64U, 131U}) {
        Picture cover = test_photo(side, side);
        const Bytes payload = random_bytes(most(cover) + 1);
        const auto refused = hide(cover, job_for("alice", payload), one_after_another);
        BOOST_TEST(refused.error() == errc::too_small);
        BOOST_TEST((std::ranges::equal(cover.samples, test_photo(side, side).samples)));
    }
}

BOOST_AUTO_TEST_CASE(pictures_of_all_small_sizes_work_or_are_refused) {
    const Bytes payload = random_bytes(3);
    for (std::uint32_t side = 1; side < 60; ++side) {
        Picture picture = test_photo(side, side);
        const auto fits = stego_capacity(picture.colour_samples(), rate_max);
        const auto done = hide(picture, job_for("alice", payload), one_after_another);
        BOOST_TEST(done.has_value() == (fits && *fits >= payload.size()));
        if (done) {
            BOOST_TEST((extract_as("alice", picture).value().data == payload));
        } else {
            BOOST_TEST(done.error() == errc::too_small);
            BOOST_TEST(extract_as("alice", picture).error() == errc::nothing_hidden);
        }
    }
}

BOOST_AUTO_TEST_CASE(many_segments_with_a_short_last_round_work) {
    const Picture cover = test_photo(1013, 787);
    comes_back(cover, job_for("alice", random_bytes(most(cover, 100))));
    comes_back(cover, job_for("alice", random_bytes(5)));
}

BOOST_AUTO_TEST_CASE(the_higher_trellis_changes_less) {
    const Picture cover = test_photo(300, 300);
    const Bytes payload = random_bytes(most(cover, 100));
    HideJob job = job_for("alice", payload);
    Picture low = copy_of(cover);
    Picture high = copy_of(cover);
    const auto with_8 = hide(low, job, one_after_another);
    job.height = 10;
    const auto with_10 = hide(high, job, one_after_another);
    BOOST_TEST_REQUIRE((with_8.has_value() && with_10.has_value()));
    BOOST_TEST(with_10->changed < with_8->changed);
    BOOST_TEST((extract_as("alice", high).value().data == payload));
}

BOOST_AUTO_TEST_CASE(names_and_kinds_come_back) {
    const Picture cover = test_photo(200, 200);
    const Bytes payload = random_bytes(100);
    HideJob job = job_for("alice", payload);
    job.name = std::string(hidden_name_max, 'n');
    comes_back(cover, job);
    job.name = "ünï ☃.png";
    job.kind = HiddenKind::image;
    comes_back(cover, job);
    job.kind = HiddenKind::text;
    job.name.clear();
    comes_back(cover, job);
}

BOOST_AUTO_TEST_CASE(what_compresses_may_be_larger_than_the_capacity) {
    const Picture cover = test_photo(131, 97);
    const Bytes zeros(100'000);
    comes_back(cover, job_for("alice", zeros));
    Picture picture = copy_of(cover);
    BOOST_TEST_REQUIRE(hide(picture, job_for("alice", zeros), one_after_another).has_value());
    const auto refused = extract(picture, Username{"alice"}, "alice", 99'999, one_after_another);
    BOOST_TEST(refused.error() == errc::too_large);
}

BOOST_AUTO_TEST_CASE(samples_change_by_one_and_never_wrap_and_alpha_stays) {
    for (std::uint8_t depth : {std::uint8_t{1}, std::uint8_t{2}}) {
        const Picture cover = test_photo(131, 97, 4, depth);
        Picture picture = copy_of(cover);
        const Bytes payload = random_bytes(most(cover));
        const auto report = hide(picture, job_for("alice", payload), one_after_another);
        BOOST_TEST_REQUIRE(report.has_value());
        std::uint64_t up = 0;
        std::uint64_t down = 0;
        for (std::size_t i = 0; i < cover.pixels() * 4; ++i) {
            const int difference = sample_at(picture, i) - sample_at(cover, i);
            BOOST_TEST_REQUIRE(std::abs(difference) <= (i % 4 == 3 ? 0 : 1));
            up += difference == 1;
            down += difference == -1;
        }
        BOOST_TEST(up + down == report->changed);
        BOOST_TEST((up > report->changed * 45 / 100 && down > report->changed * 45 / 100));
    }
}

BOOST_AUTO_TEST_CASE(black_and_white_pictures_do_not_wrap) {
    for (std::byte level : {std::byte{0}, std::byte{255}}) {
        Picture picture = blank_picture(100, 100, 3);
        std::ranges::fill(picture.samples, level);
        const Bytes payload = random_bytes(100);
        BOOST_TEST_REQUIRE(hide(picture, job_for("alice", payload), one_after_another).has_value());
        const int distance = level == std::byte{0} ? 0 : 255;
        for (std::byte sample : picture.samples)
            BOOST_TEST_REQUIRE(std::abs(std::to_integer<int>(sample) - distance) <= 1);
        BOOST_TEST((extract_as("alice", picture).value().data == payload));
    }
}

BOOST_AUTO_TEST_CASE(a_replay_gives_the_same_bytes_however_it_is_spread) {
    const Picture cover = test_photo(1013, 787);
    const Bytes payload = random_bytes(10'000);
    const HideJob job = job_for("alice", payload);
    Picture alone = copy_of(cover);
    Picture spread = copy_of(cover);
    BOOST_TEST_REQUIRE(hide(alone, job, one_after_another).has_value());
    BOOST_TEST_REQUIRE(hide(spread, job, in_parallel).has_value());
    BOOST_TEST((std::ranges::equal(alone.samples, spread.samples)));
    const auto hidden = extract(spread, Username{"alice"}, "alice", 1 << 20, in_parallel);
    BOOST_TEST_REQUIRE(hidden.has_value());
    BOOST_TEST((hidden->data == payload));
}

BOOST_AUTO_TEST_CASE(another_seed_changes_other_samples) {
    const Picture cover = test_photo(200, 200);
    const Bytes payload = random_bytes(500);
    Picture one = copy_of(cover);
    Picture other = copy_of(cover);
    BOOST_TEST_REQUIRE(hide(one, job_for("alice", payload, 0), one_after_another).has_value());
    BOOST_TEST_REQUIRE(hide(other, job_for("alice", payload, 1), one_after_another).has_value());
    BOOST_TEST((!std::ranges::equal(one.samples, other.samples)));
}

BOOST_AUTO_TEST_CASE(who_has_another_key_finds_nothing) {
    const Picture cover = test_photo(200, 200);
    BOOST_TEST(extract_as("alice", cover).error() == errc::nothing_hidden);
    Picture picture = copy_of(cover);
    BOOST_TEST_REQUIRE(hide(picture, job_for("alice", random_bytes(500)), one_after_another).has_value());
    BOOST_TEST(extract_as("bob", picture).error() == errc::nothing_hidden);
    const auto by_file = extract(picture, UserKey{}, "alice", 1 << 20, one_after_another);
    BOOST_TEST(by_file.error() == errc::nothing_hidden);
}

BOOST_AUTO_TEST_CASE(key_files_and_passphrases_of_both_kinds_open_what_they_hid) {
    const Picture cover = test_photo(120, 100);
    const Bytes payload = random_bytes(50);
    UserKey key;
    key.bytes.fill(std::byte{7});
    const std::pair<Secret, Profile> ways[] = {{key, Profile::key_file},
                                               {Passphrase{"correct horse"}, Profile::passphrase_scrypt},
                                               {Passphrase{"correct horse"}, Profile::passphrase_pbkdf2}};
    for (const auto& [secret, profile] : ways) {
        Picture picture = copy_of(cover);
        const HideJob job = job_for(secret, profile, "alice", payload);
        BOOST_TEST_REQUIRE(hide(picture, job, one_after_another).has_value());
        const auto hidden = extract(picture, secret, "alice", 1 << 20, one_after_another);
        BOOST_TEST_REQUIRE(hidden.has_value());
        BOOST_TEST((hidden->data == payload));
    }
}

BOOST_AUTO_TEST_CASE(a_passphrase_hides_for_one_user) {
    Picture picture = test_photo(120, 100);
    const Secret secret = Passphrase{"correct horse"};
    const Bytes payload = random_bytes(5);
    const HideJob job = job_for(secret, Profile::passphrase_scrypt, "alice", payload);
    BOOST_TEST_REQUIRE(hide(picture, job, one_after_another).has_value());
    BOOST_TEST(extract(picture, secret, "bob", 1 << 20, one_after_another).error() == errc::nothing_hidden);
}

// Any change of what carries bits is noticed: first by the header's tag, else by the body's.
BOOST_AUTO_TEST_CASE(a_picture_that_was_changed_gives_no_garbage) {
    const Picture cover = test_photo(150, 150);
    const Bytes payload = random_bytes(2'000);
    Picture picture = copy_of(cover);
    BOOST_TEST_REQUIRE(hide(picture, job_for("alice", payload), one_after_another).has_value());
    std::mt19937 random{9};
    bool damaged = false;
    for (int i = 0; i < 40; ++i) {
        Picture hurt = copy_of(picture);
        for (int k = 0; k < 3; ++k) hurt.samples[random() % hurt.samples.size()] ^= std::byte{1};
        const auto hidden = extract_as("alice", hurt);
        BOOST_TEST_REQUIRE(hidden.has_error());
        BOOST_TEST((hidden.error() == errc::nothing_hidden || hidden.error() == errc::damaged));
        damaged = damaged || hidden.error() == errc::damaged;
    }
    BOOST_TEST(damaged);
}

BOOST_AUTO_TEST_CASE(what_a_peer_must_not_ask_for_is_an_error) {
    Picture picture = test_photo(100, 100);
    const Bytes payload = random_bytes(5);
    HideJob job = job_for("alice", payload);
    job.height = 9;
    BOOST_TEST(hide(picture, job, one_after_another).error() == errc::bad_field);
    job = job_for("alice", payload);
    job.kind = static_cast<HiddenKind>(4);
    BOOST_TEST(hide(picture, job, one_after_another).error() == errc::bad_field);
    job = job_for("alice", payload);
    job.name = std::string(hidden_name_max + 1, 'n');
    BOOST_TEST(hide(picture, job, one_after_another).error() == errc::bad_field);
    job = job_for("alice", payload);
    job.keys.profile = static_cast<Profile>(9);
    BOOST_TEST(hide(picture, job, one_after_another).error() == errc::bad_profile);
}

BOOST_AUTO_TEST_CASE(the_smallest_cover_is_the_smallest) {
    for (unsigned rate : {50U, 100U, 400U}) {
        for (std::uint64_t bytes : {0U, 1U, 30U, 1000U, 123'456U}) {
            const std::uint64_t samples = stego_samples_for(bytes, rate);
            BOOST_TEST(stego_capacity(samples, rate).value() >= bytes);
            const auto smaller = stego_capacity(samples - 1, rate);
            BOOST_TEST((!smaller || *smaller < bytes));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
