// Our transport alone, as nodes and clients run it: sessions, seal, transfer protocol and sockets, without
// images and tasks. One program sends one object to N others by multicast. Keys: receivers, sender (a number,
// where there are several; the receivers name it before each "done"); id (of a receiver).
#include "base/overloaded.hpp"
#include "bench_object.hpp"
#include "files/entropy.hpp"
#include "net/clock.hpp"
#include "net/core_driver.hpp"
#include "transfer/transfers.hpp"
#include "wire/sessions.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <cstring>
#include <map>

namespace {

using namespace cp;
using namespace std::chrono_literals;

constexpr auto ask_again_after = 50ms;
constexpr std::uint64_t memory = std::uint64_t{1} << 30;

// Several senders at once send different objects.
ObjectId object_of(long sender) {
    return {TaskId{{}, static_cast<std::uint32_t>(sender)}, ObjectKind::upload};
}

struct Setup {
    wire::Identity identity;
    NodeId self; // 0: the sender
    std::size_t receivers = 0;
    ObjectId object;
    Payload payload;
    std::uint32_t segment_bytes = 0;
    std::size_t receive_capacity = 0;
};

// The least core that joins sessions and transfers. The sender asks who is there until `receivers` have
// proven themselves and have taken its own proof (they answer its probe); what is measured begins after that.
class BulkCore {
public:
    BulkCore(Setup setup, TimePoint now)
        : setup_{std::move(setup)}, sessions_{setup_.identity}, budget_{memory},
          transfers_{{setup_.self, setup_.receive_capacity, memory / 2}, budget_, now}, ask_at_{now} {
        sessions_.introduce(introduction(), now);
    }

    void on_datagram(TimePoint now, std::span<std::byte> datagram, const Endpoint& from, wire::Outbox& out) {
        const auto opened = sessions_.open(now, datagram, from, out);
        if (!opened) return;
        const SessionId& peer = opened->from;
        std::visit(
            Overloaded{
                [&](const wire::Discover&) { out.to(peer, wire::Announce{introduction()}); },
                [&](const wire::Announce& m) { meet(peer, m.who, out); },
                [&](const wire::Proof& m) { meet(peer, m.who, out); },
                [&](const wire::Probe& m) { out.to(peer, wire::ProbeAck{m.token}); },
                [&](const wire::ProbeAck&) { ready(now, peer, out); },
                [&](const wire::Setup& m) { transfers_.on_setup(now, peer, m, out); },
                [&](const wire::Data& m) { transfers_.on_data(now, peer, opened->number, m, out); },
                [&](const wire::Parity& m) { transfers_.on_parity(now, peer, opened->number, m, out); },
                [&](const wire::Poll& m) { transfers_.on_poll(now, peer, opened->number, m, out); },
                [&](const wire::Report& m) { transfers_.on_report(now, peer, m, out); },
                [&](const wire::Abandon& m) { transfers_.on_abandon(now, peer, m, out); },
                [](const auto&) {},
            },
            opened->message);
    }
    void on_deadline(TimePoint now, wire::Outbox& out) {
        transfers_.on_deadline(now, out);
        if (now < ask_at_) return;
        ask_at_ = now + ask_again_after;
        if (setup_.self || begun_) {
            ask_at_ = never;
            return;
        }
        out.to_group(wire::Discover{introduction()});
        for (const auto& [session, node] : met_) out.to(session, wire::Probe{1});
    }
    [[nodiscard]] TimePoint deadline() const { return std::min(transfers_.deadline(), ask_at_); }
    std::size_t pull(TimePoint now, std::size_t most, wire::Outbox& out) {
        return transfers_.pull(now, most, out);
    }
    [[nodiscard]] std::optional<Endpoint> endpoint(const SessionId& s) const { return sessions_.endpoint(s); }

    [[nodiscard]] std::vector<transfer::TransferEvent> take_events() { return transfers_.take_events(); }
    [[nodiscard]] std::optional<Payload> received(const ObjectId& object) const {
        return transfers_.find(object);
    }

private:
    [[nodiscard]] wire::Introduction introduction() const {
        return {setup_.self ? wire::Role::node : wire::Role::client, setup_.self, 0, 0, "bench", {}, 0};
    }
    void meet(const SessionId& session, const wire::Introduction& who, wire::Outbox& out) {
        if (setup_.self || who.role != wire::Role::node) return;
        met_[session] = who.node;
        out.to(session, wire::Probe{1});
    }
    void ready(TimePoint now, const SessionId& session, wire::Outbox& out) {
        const auto found = met_.find(session);
        if (begun_ || found == met_.end()) return;
        ready_[session] = found->second;
        if (ready_.size() < setup_.receivers) return;
        begun_ = true;
        transfer::SendSpec spec;
        spec.object = setup_.object;
        spec.bytes = setup_.payload;
        spec.segment_bytes = setup_.segment_bytes;
        for (const auto& [id, node] : ready_) spec.receivers.push_back({node, id});
        bench::say("begin", bench::now_us());
        transfers_.send(now, spec, out);
    }

    Setup setup_;
    wire::SessionTable sessions_;
    transfer::MemoryBudget budget_;
    transfer::Transfers transfers_;
    TimePoint ask_at_;
    std::map<SessionId, NodeId> met_, ready_;
    bool begun_ = false;
};

wire::Identity identity() {
    wire::Identity self;
    std::array<std::byte, 32> key{}; // any, the same for all: nobody else is in these namespaces
    static_assert(sizeof self.key.bytes == sizeof key);
    std::memcpy(self.key.bytes.data(), key.data(), key.size());
    fill_random(self.session.bytes);
    fill_random(self.secret);
    return self;
}

} // namespace

int main(int argc, char** argv) {
    bench::CommandLine line{argc, argv};
    boost::asio::io_context io{1};
    net::TransportOptions options;
    options.interfaces.patterns = {line.text("interface", "eth0")};
    options.hears_data = !line.sends();
    auto transport = net::GroupTransport::open(io.get_executor(), options);
    if (!transport) bench::fail(transport.error().line);

    Setup setup;
    setup.identity = identity();
    setup.self = NodeId{static_cast<std::uint32_t>(line.number("id"))};
    setup.object = object_of(line.number("sender"));
    setup.receivers = static_cast<std::size_t>(line.number("receivers", 1));
    setup.segment_bytes = static_cast<std::uint32_t>(transport->datagram_size() - limits::data_overhead);
    setup.receive_capacity =
        transport->receive_capacity(line.sends() ? net::Channel::unicast : net::Channel::data);
    if (line.sends()) {
        const auto bytes = std::as_bytes(std::span{line.object()});
        setup.payload = Payload{Bytes(bytes.begin(), bytes.end())};
    }
    const auto self = setup.identity;
    BulkCore core{std::move(setup), net::now()};
    net::CoreDriver driver{std::move(*transport), core, self, [&] {
                               for (const auto& event : core.take_events()) {
                                   if (const auto* whole = std::get_if<transfer::ObjectComplete>(&event)) {
                                       const auto us = bench::now_us();
                                       const auto view = core.received(whole->object)->view();
                                       bench::say("object", whole->object.task.number);
                                       bench::done(us, line.object(), view.data(), view.size());
                                   }
                                   if (const auto* sent = std::get_if<transfer::SendFinished>(&event))
                                       std::printf("sent %llu repairs %llu\n",
                                                   static_cast<unsigned long long>(sent->datagrams),
                                                   static_cast<unsigned long long>(sent->repairs)),
                                           std::fflush(stdout);
                               }
                           }};
    boost::asio::co_spawn(io, driver.run(), boost::asio::detached);
    driver.poke();
    if (!line.sends()) bench::say("ready");
    io.run(); // until we are killed
}
