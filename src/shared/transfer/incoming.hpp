// Everything that arrives: the transfers from all senders, and which object each of them feeds. Purely
// reactive: it reports when something arrives, and only forgets by time. Part of Transfers; same rules.
#pragma once

#include "transfer/feedback.hpp"
#include "transfer/object_table.hpp"
#include "transfer/transfer_event.hpp"

#include <optional>
#include <unordered_map>

namespace cp::transfer {

struct TransfersConfig {
    NodeId self;                      // 0 for clients: they receive by unicast only
    std::size_t receive_capacity = 0; // SO_RCVBUF of a bulk socket, bytes, as getsockopt reports it
    std::uint64_t object_max = limits::object_max;
    std::uint64_t max_rate = 0; // bytes a second that all bulk together may send; 0: no limit
    // Bytes left free in front of each object. Large objects begin at a page; with this, what follows a
    // header of known size can begin at a page instead.
    std::size_t lead = 0;
};

class Incoming {
public:
    Incoming(const TransfersConfig& config, MemoryBudget& budget)
        : config_{config}, budget_{budget}, objects_{budget, config.lead} {}

    void on_setup(Step&, const SessionId& from, const wire::Setup&);
    void answer_setup(Step&, const SessionId& from, const wire::Setup&, wire::ReceiverState);
    void on_data(Step&, const SessionId& from, std::uint64_t number, const wire::Data&);
    void on_parity(Step&, const SessionId& from, std::uint64_t number, const wire::Parity&);
    void on_poll(Step&, const SessionId& from, std::uint64_t number, const wire::Poll&);
    void on_abandon(Step&, const SessionId& from, const wire::Abandon&);
    void on_deadline(Step&);
    [[nodiscard]] TimePoint deadline() const { return sweep_at_; }

    void release(const ObjectId&);
    [[nodiscard]] const ObjectTable& objects() const { return objects_; }

private:
    struct Peer { // of a sender: shared by its transfers
        LaneFeedback multicast;
        LaneFeedback unicast;
        std::size_t transfers = 0;
    };
    struct Transfer {
        ObjectId object;
        ObjectLayout layout;
        bool multicast = false;
        // Not receiving: only kept so that a sender which missed our last report gets it again.
        wire::ReceiverState state = wire::ReceiverState::receiving;
        HeldObject* held = nullptr; // while receiving
        Peer* peer = nullptr;
        Place place;
        Feedback feedback;
        TimePoint heard;
        std::optional<TimePoint> occasion; // the last one, if it reports for others only

        [[nodiscard]] LaneFeedback& lane() const { return multicast ? peer->multicast : peer->unicast; }
    };
    struct Key {
        SessionId from;
        wire::TransferId transfer;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept {
            return std::hash<SessionId>{}(key.from) ^ (std::size_t{key.transfer.value} * 0x9e3779b97f4a7c15U);
        }
    };
    using TransferMap = std::unordered_map<Key, Transfer, KeyHash>;

    [[nodiscard]] wire::ReceiverState admit(Step&, const wire::Setup&, HeldObject*& held);
    [[nodiscard]] bool fits(const wire::Setup&) const;
    [[nodiscard]] bool make_room(const SessionId& from);
    Transfer* find_transfer(Step&, const SessionId& from, wire::TransferId);
    [[nodiscard]] bool count(Step&, Transfer&, ObjectReceiver::Arrival, std::uint32_t gained) const;
    void arrived(Step&, const Key&, Transfer&, std::uint64_t number, bool report_now);
    void occasion(Step&, const Key&, Transfer&, bool polled);
    void report(Step&, const Key&, Transfer&);
    void complete(Step&, const SessionId& from, HeldObject&);
    void detach(const HeldObject&, wire::ReceiverState);
    TransferMap::iterator erase(TransferMap::iterator);
    [[nodiscard]] std::uint32_t window_for(Step&, const Transfer&) const;
    void arm(TimePoint now);

    TransfersConfig config_;
    const MemoryBudget& budget_;
    ObjectTable objects_;
    std::unordered_map<SessionId, Peer> peers_;
    TransferMap transfers_;
    std::uint64_t occasions_ = 0; // so far; seeds the chance of each
    TimePoint sweep_at_ = never;
};

} // namespace cp::transfer
