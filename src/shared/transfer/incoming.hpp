// Everything that arrives: the objects here, whole and partial, and the transfers that feed them. Purely
// reactive: it reports when something arrives, and only forgets by time. Part of Transfers; same rules.
#pragma once

#include "transfer/feedback.hpp"
#include "transfer/memory_budget.hpp"
#include "transfer/object_receiver.hpp"
#include "transfer/transfer_event.hpp"

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

namespace cp::transfer {

struct TransfersConfig {
    NodeId self;                      // 0 for clients: they receive by unicast only
    std::size_t receive_capacity = 0; // SO_RCVBUF of a bulk socket, bytes, as getsockopt reports it
    std::uint64_t object_max = limits::object_max;
};

class Incoming {
public:
    Incoming(const TransfersConfig& config, MemoryBudget& budget) : config_{config}, budget_{budget} {}

    void on_setup(Step&, const SessionId& from, const wire::Setup&);
    void answer_setup(Step&, const SessionId& from, const wire::Setup&, wire::ReceiverState);
    void on_data(Step&, const SessionId& from, std::uint64_t number, const wire::Data&);
    void on_poll(Step&, const SessionId& from, std::uint64_t number, const wire::Poll&);
    void on_abandon(Step&, const SessionId& from, const wire::Abandon&);
    void on_deadline(Step&);
    [[nodiscard]] TimePoint deadline() const { return sweep_at_; }

    void keep(const ObjectId&, Payload, MemoryReservation);
    void release(const ObjectId&);
    [[nodiscard]] std::optional<Payload> find(const ObjectId&) const;
    [[nodiscard]] bool receiving(const ObjectId&) const;
    [[nodiscard]] std::uint64_t received_bytes(const ObjectId&) const;
    [[nodiscard]] std::uint32_t segment_bytes(const ObjectId&) const;

private:
    struct Peer { // of a sender: shared by its transfers
        LaneFeedback multicast;
        LaneFeedback unicast;
        std::size_t transfers = 0;
    };
    struct Held {
        ObjectLayout layout;
        MemoryReservation reservation;
        std::unique_ptr<ObjectReceiver> partial; // null once whole
        Payload whole;
        TimePoint heard; // of any transfer that feeds it
    };
    struct Transfer {
        ObjectId object;
        ObjectLayout layout;
        bool multicast = false;
        // Not receiving: only kept so that a sender which missed our last report gets it again.
        wire::ReceiverState state = wire::ReceiverState::receiving;
        Held* held = nullptr; // while receiving
        Peer* peer = nullptr;
        Feedback feedback;
        TimePoint heard;

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

    [[nodiscard]] wire::ReceiverState admit(Step&, const wire::Setup&, Held*& held);
    [[nodiscard]] wire::ReceiverState start(Step&, const wire::Setup&, Held*& held);
    [[nodiscard]] bool fits(const wire::Setup&) const;
    [[nodiscard]] bool make_room(const SessionId& from);
    Transfer* find_transfer(Step&, const SessionId& from, wire::TransferId);
    void report(Step&, const Key&, Transfer&);
    void complete(Step&, const SessionId& from, Held&);
    void detach(const Held&, wire::ReceiverState);
    TransferMap::iterator erase(TransferMap::iterator);
    [[nodiscard]] std::uint32_t window_for(Step&, const Transfer&) const;
    void arm(TimePoint now);

    TransfersConfig config_;
    MemoryBudget& budget_;
    std::map<ObjectId, Held> objects_; // addresses are stable: transfers point here
    std::unordered_map<SessionId, Peer> peers_;
    TransferMap transfers_;
    TimePoint sweep_at_ = never;
};

} // namespace cp::transfer
