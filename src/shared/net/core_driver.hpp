// Pumps a core: datagrams and deadlines in, its outbox out. The only part of a program that knows both a core
// and a socket; the simulator takes its place in tests.
//
// Each turn, in this order: a system call's worth of datagrams of each channel that may have some (control
// first), the deadline if it is due, the app's hook, then out: urgent datagrams, then a few groups of bulk as
// far as the socket takes them. Work per turn is bounded, so neither a flood on one socket nor an endless
// upload starves the rest. A core call and the sealing of its outbox are never separated: datagrams carry
// their numbers in the order of sealing.
//
// Single-threaded: construct, run and call everything on the one thread of the transport's executor. The core
// and the driver must outlive run().
//
//     GroupTransport transport = …;
//     CoreDriver driver{std::move(transport), core, identity, [&] { act_on(core.take_events()); }};
//     asio::co_spawn(io, driver.run(), …);
//     driver.call([&](TimePoint now, wire::Outbox& out) { core.submit(now, …, out); });
//     driver.call([&](TimePoint now, wire::Outbox& out) { core.leave(now, out); });
//     driver.close();                                       // run() ends
#pragma once

#include "base/time.hpp"
#include "net/clock.hpp"
#include "net/datagram_queue.hpp"
#include "net/group_transport.hpp"
#include "net/loss_filter.hpp"
#include "wire/outbox.hpp"
#include "wire/sessions.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace cp::net {

// What the driver wants of a core.
template <class C>
concept Core = requires(C core, const C& view, TimePoint now, std::span<std::byte> datagram,
                        const Endpoint& from, const SessionId& session, wire::Outbox& out) {
    core.on_datagram(now, datagram, from, out); // opened in place; views into it may live until the next call
    core.on_deadline(now, out);
    { view.deadline() } -> std::same_as<TimePoint>;
    // Bulk: at most that many datagrams; returns how many. Fewer than asked for: nothing more for now.
    { core.pull(now, std::size_t{}, out) } -> std::same_as<std::size_t>;
    { view.endpoint(session) } -> std::same_as<std::optional<Endpoint>>; // where unicast goes
};

struct DriverCounters {
    std::uint64_t turns = 0;
    std::uint64_t filtered = 0;   // lost on purpose, by the loss filter
    std::uint64_t overflowed = 0; // sealed by nobody: the queue was full
    std::uint64_t unroutable = 0; // unicast to a session without an endpoint
};

class CoreDriver {
public:
    // `on_events` is called after core calls, from within run(), call() and poke(): take the core's events
    // until there are none. It may use call(), poke() and close().
    template <Core C>
    CoreDriver(GroupTransport transport, C& core, const wire::Identity& self,
               std::function<void()> on_events = {}, const LossFilter& loss = {})
        : CoreDriver{std::move(transport), std::make_unique<Adapted<C>>(core), self, std::move(on_events),
                     loss} {}
    ~CoreDriver();
    CoreDriver(const CoreDriver&) = delete;
    CoreDriver& operator=(const CoreDriver&) = delete;

    // Ends when close() was called, or with the exception that a core or the hook threw. Once only.
    [[nodiscard]] asio::awaitable<void> run();

    // For the app's own calls into the core: they get `now` and the outbox, and what they caused is sent.
    template <std::invocable<TimePoint, wire::Outbox&> F>
    void call(F&& into_core) {
        std::forward<F>(into_core)(net::now(), outbox_);
        poke();
    }
    // What changed in the core by another way is sent.
    void poke();

    // Sends what is urgent and left (Leave), waiting for the socket no longer than 50 ms; then closes it.
    void close();

    [[nodiscard]] const GroupTransport& transport() const { return transport_; }
    [[nodiscard]] const DriverCounters& counters() const { return counters_; }

private:
    class AnyCore {
    public:
        virtual ~AnyCore() = default;
        virtual void on_datagram(TimePoint, std::span<std::byte>, const Endpoint&, wire::Outbox&) = 0;
        virtual void on_deadline(TimePoint, wire::Outbox&) = 0;
        [[nodiscard]] virtual TimePoint deadline() const = 0;
        virtual std::size_t pull(TimePoint, std::size_t, wire::Outbox&) = 0;
        [[nodiscard]] virtual std::optional<Endpoint> endpoint(const SessionId&) const = 0;
    };
    // So that coroutines are compiled once, and cores know no interface of this module.
    template <class C>
    class Adapted final : public AnyCore {
    public:
        explicit Adapted(C& core) : core_{core} {}
        void on_datagram(TimePoint now, std::span<std::byte> datagram, const Endpoint& from,
                         wire::Outbox& out) override {
            core_.on_datagram(now, datagram, from, out);
        }
        void on_deadline(TimePoint now, wire::Outbox& out) override { core_.on_deadline(now, out); }
        TimePoint deadline() const override { return core_.deadline(); }
        std::size_t pull(TimePoint now, std::size_t most, wire::Outbox& out) override {
            return core_.pull(now, most, out);
        }
        std::optional<Endpoint> endpoint(const SessionId& id) const override { return core_.endpoint(id); }

    private:
        C& core_;
    };

    CoreDriver(GroupTransport, std::unique_ptr<AnyCore>, const wire::Identity&,
               std::function<void()> on_events, const LossFilter&);

    asio::awaitable<void> receive_loop(Channel);
    asio::awaitable<void> deadline_loop();
    asio::awaitable<void> writer_loop();
    void start(asio::awaitable<void> loop);

    void turn(Channel least);
    bool receive(Channel);
    void deliver(TimePoint now, const Received&);
    void finish_turn();
    void seal_outbox();
    void enqueue(const wire::Outgoing&);
    void send();
    bool flush();
    bool flush(DatagramQueue&);
    void rearm();

    GroupTransport transport_;
    std::unique_ptr<AnyCore> core_;
    wire::Sealer sealer_;
    wire::Outbox outbox_;
    std::function<void()> on_events_;
    LossFilter loss_;
    std::vector<std::byte> duplicate_;
    DatagramQueue urgent_;
    DatagramQueue bulk_;

    asio::steady_timer deadline_timer_;
    TimePoint armed_ = never;         // what the deadline timer waits for
    asio::steady_timer writer_timer_; // a condition variable: cancelled when writability is wanted
    asio::steady_timer ended_timer_;  // and when the last loop ended
    bool write_wanted_ = false;
    bool open_ = true;
    bool in_turn_ = false;
    int postponed_ = 0; // turns for which a due deadline waited for the sockets
    int loops_ = 0;
    std::exception_ptr failure_;
    DriverCounters counters_;
};

} // namespace cp::net
