// An in-memory network with virtual time: parties that each own a transfer::Transfers, and links that lose,
// duplicate, delay and reorder with one seeded generator. Every hop goes through wire::encode and decode.
// A run repeats exactly for a seed. Multicast reaches every node but the sender; clients get unicast only.
#pragma once

#include "base/check.hpp"
#include "base/rng.hpp"
#include "transfer/transfers.hpp"
#include "wire/codec.hpp"

#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <vector>

namespace cp::test {

using namespace std::chrono_literals;

struct LinkOptions {
    std::uint64_t seed = 1;
    double loss = 0;      // of each datagram, for each receiver on its own
    double duplicate = 0; // delivered twice
    Duration delay = 100us;
    Duration jitter = 0us;     // added at random: more than `transmit` reorders
    Duration transmit = 10us;  // a sender's wire is busy so long with each datagram
    Duration service = 0us;    // a receiver takes so long over each datagram
    std::size_t buffer = 4096; // datagrams that a receiver's socket holds
};

class Party {
public:
    Party(NodeId node, SessionId session, std::uint64_t budget_bytes, TimePoint now, std::size_t capacity)
        : id{node, session}, budget{budget_bytes}, transfers{{.self = node, .receive_capacity = capacity},
                                                             budget,
                                                             now} {}

    // Events of one kind, of all that happened so far.
    template <class Event>
    [[nodiscard]] std::vector<Event> all() const {
        std::vector<Event> found;
        for (const auto& event : events) {
            if (const auto* e = std::get_if<Event>(&event)) found.push_back(*e);
        }
        return found;
    }

    transfer::Receiver id;
    transfer::MemoryBudget budget;
    transfer::Transfers transfers;
    wire::Outbox out;
    std::vector<transfer::TransferEvent> events;
    std::uint64_t overflowed = 0; // datagrams that found the socket buffer full
    bool cut = false;             // its cable: nothing reaches it
    Duration slow_down = 0us;     // over each datagram, besides the link's `service`

private:
    friend class LossyLink;
    struct Datagram {
        SessionId from;
        wire::MessageType type;
        std::uint64_t number;
        std::shared_ptr<const Bytes> body;
    };
    std::deque<Datagram> socket;
    bool serving = false;
    bool stopped = false;
    bool dead = false;
    bool pumping = false;
    TimePoint wire_free{};
    TimePoint timer = never;
};

class LossyLink {
public:
    explicit LossyLink(const LinkOptions& options) : options_{options}, rng_{options.seed} {}

    static constexpr std::size_t socket_capacity = 8'388'608; // 3 640 datagrams of 1 472
    Party& add_node(std::uint32_t id, std::uint64_t budget = 1U << 30U,
                    std::size_t capacity = socket_capacity) {
        return add(NodeId{id}, budget, capacity);
    }
    Party& add_client() { return add(NodeId{}, 1U << 30U, socket_capacity); }

    void stop(Party& party) { party.stopped = true; } // SIGSTOP: its socket fills up
    void resume(Party& party) {
        party.stopped = false;
        serve(party);
    }
    void kill(Party& party) { party.dead = true; }
    void set_loss(double loss) { options_.loss = loss; }

    // Calls the party, then sends what it wants sent.
    template <class F>
    void act(Party& party, F&& f) {
        f(party.transfers, now, party.out);
        settle(party);
    }
    // Until nothing is left to do, `done()` says so, or `limit` of virtual time has passed. True: done.
    bool run(const std::function<bool()>& done, Duration limit = 60s) {
        const TimePoint end = now + limit;
        while (!done()) {
            if (queue_.empty() || queue_.top().at > end) return false;
            const Happening next = queue_.top();
            queue_.pop();
            now = next.at;
            next.act();
        }
        return true;
    }
    void run_for(Duration duration) {
        const TimePoint end = now + duration;
        run([] { return false; }, duration);
        now = end;
    }

    TimePoint now{1s};
    std::uint64_t data_sent = 0;
    std::uint64_t data_lost_by_anyone = 0; // of those sent: at least one link lost them
    // Sees every message as it leaves; returning false swallows it.
    std::function<bool(const Party& from, const wire::Outgoing&)> filter;

private:
    struct Happening {
        TimePoint at;
        std::uint64_t order;
        std::function<void()> act;
        bool operator<(const Happening& other) const {
            return std::tie(other.at, other.order) < std::tie(at, order);
        }
    };

    Party& add(NodeId node, std::uint64_t budget, std::size_t capacity) {
        SessionId session;
        const std::uint64_t random = rng_.next() | 1U;
        std::memcpy(session.bytes.data(), &random, sizeof random);
        parties_.push_back(std::make_unique<Party>(node, session, budget, now, capacity));
        return *parties_.back();
    }
    void later(TimePoint at, std::function<void()> act) {
        queue_.push({std::max(at, now), order_++, std::move(act)});
    }

    void settle(Party& party) {
        if (party.stopped || party.dead) return;
        transmit(party);
        pump(party);
        for (auto& event : party.transfers.take_events()) party.events.push_back(std::move(event));
        const TimePoint deadline = party.transfers.deadline();
        if (deadline >= party.timer) return;
        party.timer = deadline;
        later(deadline, [this, &party, deadline] {
            if (party.timer != deadline) return; // an earlier one took over
            party.timer = never;
            if (party.dead || party.stopped) return;
            party.transfers.on_deadline(now, party.out);
            settle(party);
        });
    }

    // One batch whenever the wire is free.
    void pump(Party& party) {
        if (party.pumping || party.dead || party.stopped) return;
        if (party.wire_free <= now) {
            if (party.transfers.pull(now, 32, party.out) == 0) return;
            transmit(party);
        }
        party.pumping = true;
        later(party.wire_free, [this, &party] {
            party.pumping = false;
            settle(party);
        });
    }

    void transmit(Party& party) {
        for (const wire::Outgoing& item : party.out.items()) {
            if (filter && !filter(party, item)) continue;
            const Result<std::size_t> size = wire::encode(item.message, buffer_);
            CP_CHECK(size.has_value());
            const auto body = std::make_shared<const Bytes>(
                buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(*size));
            party.wire_free = std::max(party.wire_free, now) + options_.transmit;
            const Party::Datagram datagram{party.id.session, wire::type_of(item.message), item.number, body};
            bool lost = false;
            for (auto& other : parties_) {
                const bool addressed = item.lane == wire::Lane::unicast ? item.to == other->id.session
                                                                        : other->id.node.value != 0;
                if (other.get() == &party || !addressed || other->dead) continue;
                lost = !cross(*other, datagram, party.wire_free) || lost;
            }
            if (datagram.type != wire::MessageType::data) continue;
            ++data_sent;
            if (lost) ++data_lost_by_anyone;
        }
        party.out.clear();
    }

    bool cross(Party& to, const Party::Datagram& datagram, TimePoint sent) {
        const auto arrive = [&] {
            later(sent + options_.delay + rng_.between(0us, options_.jitter), [this, &to, datagram] {
                if (to.socket.size() >= options_.buffer) {
                    ++to.overflowed;
                    return;
                }
                to.socket.push_back(datagram);
                serve(to);
            });
        };
        if (to.cut) return false;
        if (rng_.chance(options_.duplicate)) arrive();
        if (rng_.chance(options_.loss)) return false;
        arrive();
        return true;
    }

    void serve(Party& party) {
        if (party.serving || party.stopped || party.dead || party.socket.empty()) return;
        party.serving = true;
        later(now + options_.service + party.slow_down, [this, &party] {
            party.serving = false;
            if (party.stopped || party.dead) return;
            const Party::Datagram datagram = std::move(party.socket.front());
            party.socket.pop_front();
            receive(party, datagram);
            settle(party);
            serve(party);
        });
    }

    void receive(Party& party, const Party::Datagram& datagram) {
        const Result<wire::Message> message = wire::decode(datagram.type, *datagram.body);
        CP_CHECK(message.has_value());
        transfer::Transfers& t = party.transfers;
        const SessionId& from = datagram.from;
        if (const auto* setup = std::get_if<wire::Setup>(&*message)) t.on_setup(now, from, *setup, party.out);
        if (const auto* data = std::get_if<wire::Data>(&*message))
            t.on_data(now, from, datagram.number, *data, party.out);
        if (const auto* parity = std::get_if<wire::Parity>(&*message))
            t.on_parity(now, from, datagram.number, *parity, party.out);
        if (const auto* poll = std::get_if<wire::Poll>(&*message))
            t.on_poll(now, from, datagram.number, *poll, party.out);
        if (const auto* report = std::get_if<wire::Report>(&*message))
            t.on_report(now, from, *report, party.out);
        if (const auto* abandon = std::get_if<wire::Abandon>(&*message))
            t.on_abandon(now, from, *abandon, party.out);
    }

    LinkOptions options_;
    Bytes buffer_ = Bytes(limits::datagram_max);
    Rng rng_;
    std::vector<std::unique_ptr<Party>> parties_;
    std::priority_queue<Happening> queue_;
    std::uint64_t order_ = 0;
};

} // namespace cp::test
