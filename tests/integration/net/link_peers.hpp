// Both ends of a liveness link for its tests: real ones, and raw ones that do one thing wrong.
#pragma once

#include "net/liveness_link.hpp"
#include "support/run_until.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

namespace cp::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using net::LinkVerdict;

inline constexpr std::uint32_t loopback = 0x7f000001;

[[nodiscard]] inline wire::Identity link_identity(std::uint8_t number) {
    wire::Identity self;
    self.session.bytes.fill(static_cast<std::byte>(number));
    self.secret.fill(static_cast<std::byte>(0x80 + number));
    return self;
}

struct LinkPeer {
    wire::Identity self;
    std::map<SessionId, Endpoint> known; // where the others accept links
    std::vector<std::pair<SessionId, LinkVerdict>> verdicts;
    net::LivenessLinks links;

    LinkPeer(asio::io_context& io, const wire::Identity& identity, const net::LinkOptions& options)
        : self{identity}, links{net::open_link_port(io.get_executor(), loopback).value(), identity,
                                net::LinkHandlers{[this](const SessionId& of, LinkVerdict verdict) {
                                                      verdicts.emplace_back(of, verdict);
                                                  },
                                                  [this](const SessionId& of) -> std::optional<Endpoint> {
                                                      const auto found = known.find(of);
                                                      if (found == known.end()) return std::nullopt;
                                                      return found->second;
                                                  }},
                                options} {
        links.start();
    }
    [[nodiscard]] Endpoint at() const { return {loopback, links.port()}; }
    void aim(const LinkPeer& other) { links.aim(net::LinkAim{other.self.session, other.at()}); }
    [[nodiscard]] bool said(const SessionId& of, LinkVerdict verdict) const {
        return std::ranges::find(verdicts, std::pair{of, verdict}) != verdicts.end();
    }
};

// Everything of one test, on one io_context; ends with the loops ended, or the test has failed.
struct LinkWorld {
    asio::io_context io{1};
    std::vector<std::unique_ptr<LinkPeer>> peers;
    std::vector<std::shared_ptr<tcp::socket>> raw;
    std::vector<std::shared_ptr<tcp::acceptor>> acceptors;

    bool bitten = false; // by the watchdog: what is still waiting refers to a test that is over

    ~LinkWorld() {
        if (bitten) return;
        for (auto& peer : peers) peer->links.close();
        for (auto& socket : raw) socket->close();
        for (auto& acceptor : acceptors) acceptor->close();
        io.restart();
        BOOST_TEST(run_to_end(io));
    }
    LinkPeer& add(const net::LinkOptions& options = quick()) {
        return add(link_identity(static_cast<std::uint8_t>(peers.size() + 1)), options);
    }
    LinkPeer& add(const wire::Identity& identity, const net::LinkOptions& options = quick()) {
        peers.push_back(std::make_unique<LinkPeer>(io, identity, options));
        return *peers.back();
    }
    // Retries that a test does not have to wait for; and an answer, which is there at once on loopback,
    // counts also when this program was kept from running meanwhile.
    [[nodiscard]] static net::LinkOptions quick() {
        net::LinkOptions options;
        options.retry_first = std::chrono::milliseconds{1};
        options.check_within = std::chrono::milliseconds{250};
        return options;
    }
    // For those who wait for an answer that never comes.
    [[nodiscard]] static net::LinkOptions impatient() {
        net::LinkOptions options = quick();
        options.check_within = std::chrono::milliseconds{5};
        return options;
    }
    template <class Condition>
    void run_until(Condition condition) {
        io.restart();
        bitten = !test::run_until(io, condition);
        BOOST_REQUIRE_MESSAGE(!bitten, "the watchdog bit");
    }
    void link(LinkPeer& follower, LinkPeer& leader) {
        leader.known[follower.self.session] = follower.at();
        const auto before = leader.links.inbound();
        follower.aim(leader);
        run_until([&] { return follower.links.linked() && leader.links.inbound() > before; });
    }

    tcp::acceptor& listen(int backlog = 16) {
        acceptors.push_back(std::make_shared<tcp::acceptor>(io));
        acceptors.back()->open(tcp::v4());
        acceptors.back()->bind({asio::ip::address_v4{loopback}, 0});
        if (backlog >= 0) acceptors.back()->listen(backlog);
        return *acceptors.back();
    }
    std::shared_ptr<tcp::socket> connect(const Endpoint& to) {
        raw.push_back(std::make_shared<tcp::socket>(io));
        raw.back()->connect({asio::ip::address_v4{to.address}, to.port});
        return raw.back();
    }
    std::shared_ptr<tcp::socket> accept(tcp::acceptor& acceptor) {
        raw.push_back(std::make_shared<tcp::socket>(io));
        std::optional<error_code> outcome;
        acceptor.async_accept(*raw.back(), [&](error_code error) { outcome = error; });
        run_until([&] { return outcome.has_value(); });
        BOOST_REQUIRE_MESSAGE(!*outcome, outcome->message());
        return raw.back();
    }
    // "eof", "reset", or the bytes' number.
    std::string hears(tcp::socket& socket) {
        std::array<std::byte, 256> bytes{};
        std::optional<std::string> heard;
        socket.async_read_some(asio::buffer(bytes), [&](error_code error, std::size_t count) {
            if (error == asio::error::eof)
                heard = "eof";
            else if (error == asio::error::connection_reset)
                heard = "reset";
            else
                heard = error ? error.message() : std::to_string(count);
        });
        run_until([&] { return heard.has_value(); });
        return *heard;
    }
    void says(tcp::socket& socket, ByteView bytes) {
        asio::write(socket, asio::buffer(bytes.data(), bytes.size()));
    }
    // The handshake by hand, as the side that accepts.
    void prove_as(tcp::socket& socket, const wire::Identity& self) {
        wire::LinkServer server{wire::LinkChallenges{self}.next()};
        const auto answer = server.on_hello(receive<wire::LinkHello>(socket)).value();
        says(socket, answer);
        (void)server.on_proof(receive<wire::LinkProof>(socket)).value();
    }
    // And as the side that connects.
    void prove_to(tcp::socket& socket, const wire::Identity& self, const LinkPeer& peer) {
        const wire::LinkClient client{wire::LinkChallenges{self}.next(), peer.self.session};
        const auto proven = peer.links.counters().proven;
        says(socket, client.hello());
        says(socket, client.on_answer(receive<wire::LinkAnswer>(socket)).value());
        run_until([&] { return peer.links.counters().proven > proven; });
    }
    // A link of the follower to a leader that is this test: listening there, proven by hand.
    std::shared_ptr<tcp::socket> link_by_hand(LinkPeer& follower, tcp::acceptor& port,
                                              const wire::Identity& leader) {
        follower.links.aim(net::LinkAim{leader.session, Endpoint{loopback, port.local_endpoint().port()}});
        auto link = accept(port);
        prove_as(*link, leader);
        run_until([&] { return follower.links.linked(); });
        return link;
    }
    template <class Message>
    Message receive(tcp::socket& from) {
        Message message{};
        std::optional<error_code> outcome;
        asio::async_read(from, asio::buffer(message),
                         [&](error_code error, std::size_t) { outcome = error; });
        run_until([&] { return outcome.has_value(); });
        BOOST_REQUIRE_MESSAGE(!*outcome, outcome->message());
        return message;
    }
};

[[nodiscard]] inline Endpoint endpoint_of(const tcp::acceptor& acceptor) {
    return {loopback, acceptor.local_endpoint().port()};
}

} // namespace cp::test
