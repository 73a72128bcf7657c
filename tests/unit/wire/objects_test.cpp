// docs/protocol.md, "Objects".
#include "allocation_watch.hpp"
#include "outcome.hpp"
#include "samples.hpp"
#include "support/vector_file.hpp"
#include "wire/objects.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cp;
using namespace cp::test;
using namespace cp::wire;

namespace {

Payload upload(const TaskHeader& header = sample_task_header(), std::string_view image = "an image") {
    return make_object(object_prefix(header), as_bytes(image));
}

Bytes copy_of(const Payload& payload) { return {payload.view().begin(), payload.view().end()}; }

// The object with the u32 in front replaced.
Payload with_header_size(std::uint32_t size) {
    Bytes bytes = copy_of(upload());
    ByteWriter{bytes}.u32(size);
    return Payload{std::move(bytes)};
}

TaskHeader named(std::string user, std::string file) {
    TaskHeader header = sample_task_header();
    header.user = std::move(user);
    header.name = std::move(file);
    return header;
}

} // namespace

BOOST_AUTO_TEST_SUITE(objects)

BOOST_AUTO_TEST_CASE(objects_are_written_as_their_known_answers) {
    const auto vectors = read_vectors("frames.txt");
    BOOST_TEST(to_hex(upload().view()) == find(vectors, "upload").text("object"));
    const Payload result = make_object(object_prefix(sample_result_header()), as_bytes("an answer"));
    BOOST_TEST(to_hex(result.view()) == find(vectors, "result").text("object"));
}

BOOST_AUTO_TEST_CASE(every_known_object_reads_as_expected) {
    std::size_t refused = 0;
    for (const VectorRecord& record : read_vectors("frames.txt")) {
        if (!record.has("object")) continue;
        const Payload object{record.bytes("object")};
        const bool is_result = record.name.starts_with("result");
        const std::string read = is_result ? outcome(read_result(object)) : outcome(read_upload(object));
        BOOST_TEST(read == record.text("expected"), record.name);
        refused += read == "ok" ? 0U : 1U;
    }
    BOOST_TEST(refused > 10U);
}

BOOST_AUTO_TEST_CASE(an_upload_comes_back_as_it_was_made) {
    const auto back = read_upload(Payload{find(read_vectors("frames.txt"), "upload").bytes("object")});
    BOOST_TEST_REQUIRE(back.has_value());
    BOOST_TEST(as_text(back->body.view()) == "an image");
    BOOST_TEST(back->header.user == "alice");
    BOOST_TEST(back->header.name == "photo.jpg");
    BOOST_TEST((object_prefix(back->header) == object_prefix(sample_task_header())));
}

BOOST_AUTO_TEST_CASE(a_result_comes_back_as_it_was_made) {
    const auto back = read_result(Payload{find(read_vectors("frames.txt"), "result").bytes("object")});
    BOOST_TEST_REQUIRE(back.has_value());
    BOOST_TEST(as_text(back->body.view()) == "an answer");
    BOOST_TEST(back->header.note == "3f2a1b4c5d6e7f8a.png");
}

BOOST_AUTO_TEST_CASE(a_body_may_be_empty) {
    const auto back = read_upload(upload(sample_task_header(), ""));
    BOOST_TEST_REQUIRE(back.has_value());
    BOOST_TEST(back->body.size() == 0U);
}

BOOST_AUTO_TEST_CASE(the_body_is_a_view_that_keeps_the_object_alive) {
    Payload body;
    const std::byte* begin = nullptr;
    {
        const Payload object = upload();
        begin = object.view().data();
        body = read_upload(object)->body;
    }
    BOOST_TEST((body.view().data() > begin)); // inside, not copied
    BOOST_TEST(as_text(body.view()) == "an image");
}

BOOST_AUTO_TEST_CASE(an_object_cut_before_its_body_could_begin_is_truncated) {
    const Bytes whole = copy_of(upload(sample_task_header(), ""));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Payload cut{Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))};
        BOOST_TEST(outcome(read_upload(cut)) == "truncated", size);
    }
}

BOOST_AUTO_TEST_CASE(hostile_header_sizes_are_refused_without_an_allocation) {
    const Bytes fields = object_prefix(sample_task_header());
    const auto honest = static_cast<std::uint32_t>(fields.size() - 4);
    const auto outcome_at = [](std::uint32_t size) {
        const Payload object = with_header_size(size);
        const AllocationWatch watch;
        const auto read = read_upload(object);
        BOOST_TEST(watch.largest() <= 64U, size);
        return outcome(read);
    };
    BOOST_TEST(outcome_at(0) == "truncated");
    BOOST_TEST(outcome_at(honest - 1) == "truncated");
    BOOST_TEST(outcome_at(honest + 1) == "trailing_bytes"); // a byte of the body is no field
    BOOST_TEST(outcome_at(honest + 9) == "truncated");      // over the digest
    BOOST_TEST(outcome_at(limits::object_header_max) == "truncated");
    BOOST_TEST(outcome_at(limits::object_header_max + 1) == "too_large");
    BOOST_TEST(outcome_at(0xffffffff) == "too_large");
}

BOOST_AUTO_TEST_CASE(an_unknown_command_is_refused) {
    const Bytes prefix = object_prefix(sample_task_header());
    const std::size_t command = 4 + 12 + 12 + 2 + 5; // size, task, reply_to, "alice"
    for (unsigned value = 0; value < 256; ++value) {
        Bytes bytes = copy_of(upload());
        bytes[command] = static_cast<std::byte>(value);
        BOOST_TEST(read_upload(Payload{bytes}).has_value() == (value >= 1 && value <= 5), value);
    }
}

BOOST_AUTO_TEST_CASE(user_and_file_names_are_bounded) {
    const auto ok = [](const TaskHeader& header) { return read_upload(upload(header)).has_value(); };
    BOOST_TEST(ok(named("a", "")));
    BOOST_TEST(ok(named(std::string(limits::user_name_max, 'u'), std::string(limits::file_name_max, 'f'))));
    BOOST_TEST(!ok(named("", "f")));
    BOOST_TEST(!ok(named(std::string(limits::user_name_max + 1, 'u'), "f")));
    BOOST_TEST(!ok(named("u", std::string(limits::file_name_max + 1, 'f'))));
    BOOST_TEST(outcome(read_upload(upload(named("", "f")))) == "bad_field");
}

BOOST_AUTO_TEST_CASE(the_largest_header_leaves_the_largest_image_within_an_object) {
    const TaskHeader header =
        named(std::string(limits::user_name_max, 'u'), std::string(limits::file_name_max, 'f'));
    BOOST_TEST(object_prefix(header).size() <= 4 + limits::object_header_max);
    static_assert(limits::image_max + 4 + limits::object_header_max + limits::digest_size <=
                  limits::object_max);
}

BOOST_AUTO_TEST_CASE(the_digest_matches_until_any_byte_changes) {
    Bytes bytes = copy_of(upload());
    BOOST_TEST(digest_matches(bytes));
    for (std::byte& b : bytes) {
        b ^= std::byte{0x10};
        BOOST_TEST(!digest_matches(bytes));
        b ^= std::byte{0x10};
    }
    bytes.push_back(std::byte{0});
    BOOST_TEST(!digest_matches(bytes));
}

BOOST_AUTO_TEST_CASE(what_is_too_short_for_a_digest_states_zeros_and_matches_nothing) {
    const Bytes zeros(limits::digest_size);
    for (std::size_t size = 0; size < limits::digest_size; ++size) {
        const ByteView bytes = ByteView{zeros}.first(size);
        BOOST_TEST(!digest_matches(bytes));
        BOOST_TEST((stated_digest(bytes) == Digest{}));
    }
    BOOST_TEST(!digest_matches(zeros)); // there is no header in front of it
    BOOST_TEST(!digest_matches(sha256({})));
}

BOOST_AUTO_TEST_CASE(a_body_with_a_tag_of_its_own_is_vouched_for_by_the_tag_alone) {
    Bytes bytes = find(read_vectors("frames.txt"), "result with a tag of its own").bytes("object");
    const auto result = read_result(Payload{bytes});
    BOOST_TEST_REQUIRE(result.has_value());
    BOOST_TEST(result->tagged);
    BOOST_TEST(result->body.size() == 9U + limits::digest_size);
    const Bytes prefix = object_prefix(result->header, true);
    BOOST_TEST(digest_matches(bytes));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool before_tag = i >= prefix.size() && i < prefix.size() + 9;
        bytes[i] ^= std::byte{0x10};
        BOOST_TEST(digest_matches(bytes) == before_tag, i);
        bytes[i] ^= std::byte{0x10};
    }
}

BOOST_AUTO_TEST_CASE(the_digest_is_of_the_prefix_and_of_the_body_s_digest) {
    const Bytes prefix = object_prefix(sample_task_header());
    const Digest digest = object_digest(prefix, sha256(as_bytes("an image")));
    BOOST_TEST((stated_digest(upload().view()) == digest));
}

BOOST_AUTO_TEST_CASE(the_stated_digest_is_the_last_of_the_object) {
    const Payload object = upload();
    const auto last = object.view().last(limits::digest_size);
    BOOST_TEST(std::ranges::equal(stated_digest(object.view()), last));
}

BOOST_AUTO_TEST_SUITE_END()
