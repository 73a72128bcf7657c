// Once a driver runs, a datagram costs no allocation: neither on its way out nor on its way in.
#include "integration/net/toy_core.hpp"
#include "integration/net/transport_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};

void* allocate(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}

} // namespace

// For the whole program, as the language has it; the others are made of these.
void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

using namespace cp;
using test::ToyCore;

BOOST_AUTO_TEST_SUITE(allocation)

BOOST_AUTO_TEST_CASE(none_for_any_datagram_of_a_running_upload) {
    test::TransportWorld world;
    ToyCore sender{1};
    ToyCore receiver{2};
    net::CoreDriver from{world.open(world.options()), sender, test::toy_identity(1)};
    net::CoreDriver to{world.open(world.options()), receiver, test::toy_identity(2)};
    boost::asio::co_spawn(world.io, from.run(), boost::asio::detached);
    boost::asio::co_spawn(world.io, to.run(), boost::asio::detached);
    sender.announcing = receiver.announcing = true;
    BOOST_REQUIRE(test::run_until(world.io, [&] { return sender.proven == 1 && receiver.proven == 1; }));
    sender.announcing = receiver.announcing = false;

    constexpr std::uint32_t round = 256; // distinct payloads of the toy, and less than the buffer holds
    constexpr std::uint32_t rounds = 40;
    sender.bulk_bytes = limits::datagram_ethernet - limits::data_overhead;
    receiver.segments.reserve(std::size_t{round} * (rounds + 2));
    const auto upload = [&](std::uint32_t datagrams) {
        sender.bulk_total += datagrams;
        from.poke();
        world.io.restart();
        BOOST_REQUIRE(
            test::run_until(world.io, [&] { return receiver.segments.size() == sender.bulk_total; }));
    };
    upload(round);
    upload(round); // everything has found its size
    // The harness allocates too, a little for each round, but not for each datagram.
    const std::size_t before = allocations;
    BOOST_TEST(before > 100U); // they are counted
    for (std::uint32_t i = 0; i < rounds; ++i) upload(round);
    const std::size_t during = allocations - before;
    BOOST_TEST_MESSAGE(during << " allocations for " << round * rounds << " datagrams");
    BOOST_TEST(during < rounds);
    BOOST_TEST(receiver.wrong_segments == 0U);

    from.close();
    to.close();
    world.io.restart();
    BOOST_TEST(test::run_to_end(world.io));
}

BOOST_AUTO_TEST_SUITE_END()
