// Transports in one process, and what they say and hear.
#pragma once

#include "net/group_transport.hpp"
#include "support/free_ports.hpp"
#include "support/one_processor.hpp"
#include "support/run_until.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace cp::test {

// Every way there and every way back.
inline const std::array io_modes{net::IoModes{net::IoMode::segmented, net::IoMode::segmented},
                                 net::IoModes{net::IoMode::segmented, net::IoMode::batch},
                                 net::IoModes{net::IoMode::batch, net::IoMode::segmented},
                                 net::IoModes{net::IoMode::batch, net::IoMode::batch},
                                 net::IoModes{net::IoMode::plain, net::IoMode::plain}};

// What the environment of this run asks for (tests/integration/CMakeLists.txt).
inline net::IoModes io_of_this_run() {
    const auto modes = net::IoModes::from_environment();
    BOOST_REQUIRE_MESSAGE(modes.has_value(), (modes ? "" : modes.error().line));
    return *modes;
}

struct Heard {
    std::string text;
    Endpoint from;
};

struct TransportWorld {
    test::OneProcessor processor;
    test::PortPair ports;
    boost::asio::io_context io{1};

    net::TransportOptions options(net::IoModes modes = io_of_this_run()) {
        net::TransportOptions out;
        out.group = {0xefff4350, ports.control()};
        out.io = modes;
        return out;
    }
    net::GroupTransport open(const net::TransportOptions& wanted) {
        auto transport = net::GroupTransport::open(io.get_executor(), wanted);
        BOOST_REQUIRE_MESSAGE(transport.has_value(), (transport ? "" : transport.error().line));
        return std::move(*transport);
    }
    // The next `count` datagrams of a channel, and none behind them; or, not `exact`, those that came with
    // them.
    std::vector<Heard> hear(net::GroupTransport& transport, net::Channel channel, std::size_t count,
                            bool exact = true) {
        std::vector<Heard> heard;
        auto* socket = transport.socket(channel);
        BOOST_REQUIRE(socket != nullptr);
        while (heard.size() < count) {
            bool ready = false;
            socket->async_wait(boost::asio::ip::udp::socket::wait_read, [&](auto) { ready = true; });
            io.restart();
            BOOST_REQUIRE_MESSAGE(test::run_until(io, [&] { return ready; }), "heard only " << heard.size());
            for (const net::Received& received : transport.receive(channel).datagrams)
                heard.push_back({std::string{as_text(received.bytes)}, received.from});
        }
        if (exact) BOOST_TEST(heard.size() == count);
        return heard;
    }
};

inline void say(net::GroupTransport& transport, std::string_view text, std::span<const net::Target> targets) {
    for (const net::Target& target : targets) {
        const net::Sending sending{as_bytes(text), target.to, target.interface};
        BOOST_TEST(transport.send({&sending, 1}).done == 1U);
    }
}
inline void say(net::GroupTransport& transport, std::string_view text, wire::Lane lane) {
    say(transport, text, transport.targets(lane));
}
inline void say(net::GroupTransport& transport, std::string_view text, const Endpoint& to) {
    const net::Target target{to, 0};
    say(transport, text, std::span{&target, 1});
}

} // namespace cp::test
