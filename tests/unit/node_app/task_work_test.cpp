#include "imaging/container.hpp"
#include "imaging/hide_request.hpp"
#include "node_app/task_work.hpp"
#include "pictures/codec.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace cp;
using namespace cp::node;

namespace {

Payload upload_to_hide(std::string_view text) {
    const Bytes cover = pictures::encode_png(imaging::blank_picture(64, 48, 3, 1), {}).value();
    imaging::HideRequest request;
    request.method = imaging::HideMethod::lsb;
    request.payload = as_bytes(text);
    request.cover = cover;
    wire::TaskHeader header;
    header.task = {ClientId{7}, 1};
    header.user = "alice";
    header.command = wire::TaskCommand::hide;
    return wire::make_object(wire::object_prefix(header), imaging::write_hide_request(request));
}

} // namespace

BOOST_AUTO_TEST_SUITE(task_work)

BOOST_AUTO_TEST_CASE(a_picture_that_became_too_large_to_travel_is_no_answer) {
    const Payload upload = upload_to_hide("noon");
    WorkSettings settings;
    const auto unbounded = perform(upload, "client", settings);
    BOOST_TEST_REQUIRE(unbounded.has_value());
    const auto size = wire::read_result(unbounded->object).value().body.size();

    settings.answer_max = size;
    BOOST_TEST(perform(upload, "client", settings).has_value());
    settings.answer_max = size - 1;
    const auto refused = perform(upload, "client", settings);
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == errc::too_large));
    BOOST_TEST(refused.error().line == "the PNG that was made has " + std::to_string(size) +
                                           " bytes, the limit is " + std::to_string(size - 1) +
                                           ": take a smaller cover");
}

BOOST_AUTO_TEST_CASE(a_large_answer_is_final_as_far_as_it_is_said_to_be) {
    wire::TaskHeader header;
    header.task = {ClientId{7}, 1};
    header.user = "alice";
    header.key.profile = 1;
    std::vector<std::pair<Bytes, std::uint64_t>> parts;
    const auto watch = [&](const Payload& object, std::uint64_t ready) {
        const auto begin = object.view().begin();
        parts.emplace_back(Bytes(begin, begin + static_cast<std::ptrdiff_t>(ready)), object.size());
    };
    const auto answer_to = [&](std::size_t image, const WorkSettings& settings) {
        parts.clear();
        const Payload upload = wire::make_object(wire::object_prefix(header), Bytes(image, std::byte{1}));
        return perform(upload, "client", settings, watch).value().object;
    };
    const Payload answer = answer_to(5'000'000, {});
    BOOST_TEST(parts.size() == 4U);
    for (const auto& [bytes, size] : parts) {
        BOOST_TEST(size == answer.size());
        BOOST_TEST(bytes.size() < answer.size() - imaging::container_tag_size - limits::digest_size);
        BOOST_TEST(std::ranges::equal(bytes, answer.view().first(bytes.size())));
    }
    BOOST_TEST(std::ranges::is_sorted(parts, {}, [](const auto& part) { return part.first.size(); }));

    (void)answer_to(1'000'000, {});
    BOOST_TEST(parts.empty());
}

BOOST_AUTO_TEST_CASE(a_task_that_throws_fails_alone) {
    wire::TaskHeader header;
    header.task = {ClientId{7}, 1};
    header.user = "alice";
    header.key.profile = 1;
    const Bytes large(1U << 20U, std::byte{1}); // is spread
    const Payload upload = wire::make_object(wire::object_prefix(header), large);
    WorkSettings settings;
    BOOST_TEST(perform(upload, "client", settings).has_value());
    settings.pictures.spread = [](std::size_t, const auto&) { throw std::bad_alloc{}; };
    BOOST_TEST((perform(upload, "client", settings).error().code == errc::busy));
    settings.pictures.spread = [](std::size_t, const auto&) { throw std::runtime_error{"unforeseen"}; };
    const auto failed = perform(upload, "client", settings);
    BOOST_TEST((failed.error().code == errc::internal));
    BOOST_TEST(failed.error().line == "unforeseen");
}

BOOST_AUTO_TEST_SUITE_END()
