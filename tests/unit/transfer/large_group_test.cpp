// Many receivers: what they say together stays bounded, and nobody waits for it. Virtual time and counts.
#include "unit/transfer/fixtures.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;

namespace {

constexpr std::size_t blocks = 8;
constexpr std::size_t object_bytes = blocks * limits::segments_per_block * limits::segment_min;

struct Delivery {
    Duration took{};
    double reports_per_block =
        0; // of losses and credit: those that every receiver says once are not feedback
    std::size_t complete = 0;
    std::uint64_t parity = 0;
};

Delivery send_to(std::uint32_t count, double loss, std::uint64_t seed) {
    LinkOptions options;
    options.seed = seed;
    options.loss = loss;
    options.transmit = 100us;
    LossyLink link{options};
    Party& client = link.add_client();
    SendSpec spec{object_number(1), random_payload(object_bytes), limits::segment_min, {}, {}, 0, false, {}};
    std::vector<Party*> nodes;
    for (std::uint32_t id = 1; id <= count; ++id) {
        nodes.push_back(&link.add_node(id, 2 * object_bytes));
        spec.receivers.push_back(nodes.back()->id);
    }
    std::uint64_t reports = 0;
    link.filter = [&](const Party&, const wire::Outgoing& item) {
        const auto* const report = std::get_if<wire::Report>(&item.message);
        if (report != nullptr && report->state == wire::ReceiverState::receiving && report->highest > 0)
            ++reports;
        return true;
    };
    const TimePoint begin = link.now;
    link.act(client, [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, spec, out); });
    BOOST_TEST_REQUIRE(link.run([&] { return !client.all<SendFinished>().empty(); }));
    for (const Party* node : nodes) BOOST_TEST_REQUIRE(holds(*node, object_number(1), spec.bytes));
    return {link.now - begin, static_cast<double>(reports) / blocks,
            client.all<SendFinished>()[0].complete.size(), client.transfers.counters().parity_sent};
}

double ms(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

} // namespace

BOOST_AUTO_TEST_SUITE(large_group)

BOOST_AUTO_TEST_CASE(a_thousand_receivers_say_little_and_finish_soon) {
    const Delivery three = send_to(3, 0.01, 1);
    const Delivery thousand = send_to(1000, 0.01, 1);
    BOOST_TEST_MESSAGE("3 receivers " << ms(three.took) << " ms; 1 000: " << ms(thousand.took) << " ms, "
                                      << thousand.reports_per_block << " reports and "
                                      << static_cast<double>(thousand.parity) / blocks << " parity a block");
    BOOST_TEST(thousand.complete == 1000U);
    BOOST_TEST(thousand.reports_per_block <= 10.0);
    BOOST_TEST(ms(thousand.took) <= 1.5 * ms(three.took));
}

BOOST_AUTO_TEST_CASE(groups_of_every_size_around_the_bounds_are_served) {
    for (const std::uint32_t count : {32U, 33U, 254U, 255U, 256U, 257U}) {
        BOOST_TEST_CONTEXT(count << " receivers") {
            const Delivery outcome = send_to(count, 0.02, count);
            BOOST_TEST(outcome.complete == count);
            BOOST_TEST_MESSAGE(count << ": " << ms(outcome.took) << " ms, " << outcome.reports_per_block);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
