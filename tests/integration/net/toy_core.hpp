// The smallest core that uses everything a driver offers: it introduces itself while told to, echoes probes
// by unicast, and pulls bulk out as if for an upload.
#pragma once

#include "net/core_driver.hpp"
#include "wire/sessions.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <vector>

namespace cp::test {

inline wire::Identity toy_identity(std::uint8_t number) {
    wire::Identity self;
    self.session.bytes.fill(std::byte{number});
    self.key.bytes.fill(std::byte{0x42});
    self.secret.fill(std::byte{number});
    return self;
}

class ToyCore {
public:
    explicit ToyCore(std::uint8_t number) : sessions_{toy_identity(number)} {
        sessions_.introduce({}, TimePoint{});
    }

    // --- what a driver calls ---

    void on_datagram(TimePoint now, std::span<std::byte> datagram, const Endpoint& from, wire::Outbox& out) {
        ++datagrams;
        auto opened = sessions_.open(now, datagram, from, out);
        if (!opened) {
            ++refused[static_cast<errc>(opened.error().value())];
            return;
        }
        if (opened->newly_proven) ++proven;
        std::visit([&](const auto& message) { on(opened->from, message, out); }, opened->message);
    }
    void on_deadline(TimePoint now, wire::Outbox& out) {
        ++deadlines;
        if (throws_at_deadline) throw std::runtime_error{"a bug in the core"};
        if (announcing) out.to_group(wire::Announce{});
        deadline_ = now + period;
    }
    [[nodiscard]] TimePoint deadline() const { return deadline_; }
    std::size_t pull(TimePoint, std::size_t most, wire::Outbox& out) {
        ++pulls;
        std::size_t count = 0;
        for (; count < most && bulk_sent < bulk_total; ++count) {
            wire::Data data;
            data.segment = bulk_sent++;
            data.bytes = payload(data.segment);
            out.to_data_group(data);
        }
        return count;
    }
    [[nodiscard]] std::optional<Endpoint> endpoint(const SessionId& id) const {
        return sessions_.endpoint(id);
    }

    // --- what a test calls and looks at ---

    void probe(std::uint64_t token, wire::Outbox& out) { out.to_group(wire::Probe{token}); }

    bool announcing = false;
    Duration period = std::chrono::milliseconds{2};
    bool throws_at_deadline = false;
    std::uint32_t bulk_total = 0;
    std::size_t bulk_bytes = 1000;

    std::size_t datagrams = 0;
    std::size_t deadlines = 0;
    std::size_t pulls = 0;
    std::size_t proven = 0;
    std::uint32_t bulk_sent = 0;
    std::map<std::uint64_t, std::set<SessionId>> acknowledged; // by token
    std::vector<std::uint32_t> segments;                       // of Data, in the order of arrival
    std::size_t wrong_segments = 0;
    std::set<SessionId> left;
    std::map<errc, std::size_t> refused;
    std::size_t answers = 1; // to each probe

private:
    ByteView payload(std::uint32_t segment) {
        const auto fill = static_cast<std::byte>(segment);
        return payloads_.try_emplace(fill, bulk_bytes, fill).first->second;
    }
    void on(const SessionId& from, const wire::Probe& probe, wire::Outbox& out) {
        for (std::size_t i = 0; i < answers; ++i) out.to(from, wire::ProbeAck{probe.token + i});
    }
    void on(const SessionId& from, const wire::ProbeAck& ack, wire::Outbox&) {
        acknowledged[ack.token].insert(from);
    }
    void on(const SessionId&, const wire::Data& data, wire::Outbox&) {
        segments.push_back(data.segment);
        for (std::byte b : data.bytes) {
            if (b != static_cast<std::byte>(data.segment)) {
                ++wrong_segments;
                break;
            }
        }
    }
    void on(const SessionId& from, const wire::Leave&, wire::Outbox&) { left.insert(from); }
    template <class Other>
    void on(const SessionId&, const Other&, wire::Outbox&) {}

    wire::SessionTable sessions_;
    TimePoint deadline_{};                // due at once
    std::map<std::byte, Bytes> payloads_; // 256 of them; map nodes stay where they are
};

} // namespace cp::test
