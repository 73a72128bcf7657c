// Objects and messages that the tests of this folder share.
#pragma once

#include "base/rng.hpp"
#include "support/lossy_link.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace cp::test {

inline constexpr std::uint32_t ethernet_segment = limits::datagram_ethernet - limits::data_overhead; // 1 420

inline ObjectId object_number(std::uint32_t number) {
    return ObjectId{TaskId{ClientId{7}, number}, ObjectKind::upload};
}

inline SessionId session_number(std::size_t number) {
    SessionId session;
    session.bytes[0] = std::byte{0xa5};
    session.bytes[11] = static_cast<std::byte>(number);
    return session;
}

inline Payload random_payload(std::size_t size, std::uint64_t seed = 42) {
    Rng rng{seed};
    Bytes bytes(size);
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
        const std::uint64_t word = rng.next();
        std::memcpy(bytes.data() + at, &word, std::min(sizeof word, size - at));
    }
    return Payload{std::move(bytes)};
}

inline bool same_bytes(const Payload& a, const Payload& b) {
    return a.size() == b.size() &&
           (a.size() == 0 || std::memcmp(a.view().data(), b.view().data(), a.size()) == 0);
}

inline bool holds(const Party& party, const ObjectId& object, const Payload& payload) {
    const auto found = party.transfers.find(object);
    return found && same_bytes(*found, payload);
}

inline wire::Setup setup_for(std::uint32_t transfer, std::uint64_t total,
                             std::vector<NodeId> receivers = {}) {
    wire::Setup setup;
    setup.transfer = {transfer};
    setup.object = object_number(transfer);
    setup.total_bytes = total;
    setup.segment_bytes = ethernet_segment;
    setup.receivers = std::move(receivers);
    return setup;
}

// The messages of one kind in an outbox.
template <class M>
std::vector<M> sent(const wire::Outbox& out) {
    std::vector<M> found;
    for (const wire::Outgoing& item : out.items()) {
        if (const auto* message = std::get_if<M>(&item.message)) found.push_back(*message);
    }
    return found;
}

template <class Event>
std::vector<Event> only(const std::vector<transfer::TransferEvent>& events) {
    std::vector<Event> found;
    for (const auto& event : events) {
        if (const auto* e = std::get_if<Event>(&event)) found.push_back(*e);
    }
    return found;
}

} // namespace cp::test
