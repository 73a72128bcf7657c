// What must hold of leaders, whatever the network does.
#pragma once

#include "checkers.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace cp::sim {

// An epoch belongs to one life of one node, also over crashes; nobody follows a leader below the highest
// epoch that it has adopted; and a node whose disk was kept claims above all that its earlier lives adopted
// (but for the last moments, which the disk may not have got).
class EpochChecker {
public:
    EpochChecker(const SimWorld& world, Violations& v) : world_{world}, violations_{v} {}
    void on_node_event(HostId, NodeId self, const node::NodeEvent&);
    void on_death(HostId);

private:
    void on_claim(HostId, NodeId self, const Epoch&);

    struct Adopted {
        TimePoint at;
        Epoch epoch;
    };
    const SimWorld& world_;
    Violations& violations_;
    std::map<Epoch, std::uint64_t> claims_;                             // which life
    std::map<std::uint64_t, std::vector<Adopted>> adopted_;             // by each life
    std::map<std::pair<HostId, std::uint64_t>, std::uint64_t> on_disk_; // counter, of each disk
};

// A leader that lives, and that its followers can hear, keeps the lead. Elections against one are counted,
// and are a violation where chance cannot explain them:
//  - claimant and leader were in touch for two seconds, at 5 % loss or less;
//  - they were not (a path is cut), but somebody else was in touch with both for a second, and could have
//  told:
//    at no loss.
class ElectionChecker {
public:
    ElectionChecker(SimWorld& world, Violations& v) : world_{world}, violations_{v} {}
    void on_node_event(HostId, NodeId self, const node::NodeEvent&);
    [[nodiscard]] std::size_t elections() const { return elections_; } // because a leader was lost
    [[nodiscard]] std::size_t false_elections() const { return false_; }

private:
    [[nodiscard]] bool leads(HostId, const Epoch&);
    [[nodiscard]] bool could_be_told(HostId claimant, HostId leader);

    SimWorld& world_;
    Violations& violations_;
    std::map<HostId, Epoch> followed_;
    std::size_t elections_ = 0;
    std::size_t false_ = 0;
};

// With a quorum no two leaderships serve at the same time: after another one has sent something that binds
// (an answer, a TaskAccepted), an epoch sends no such thing while that other one leads on. (When all who knew
// of that one are gone, it may.) Clock steps are outside of what a lease promises.
class LeaseChecker {
public:
    LeaseChecker(SimWorld& world, Violations& v) : world_{world}, violations_{v} {}
    void on_send(HostId, const wire::Outgoing&);

private:
    SimWorld& world_;
    Violations& violations_;
    [[nodiscard]] bool leads_on() const; // whoever served last

    HostId last_ = 0;
    Epoch serving_;
    TimePoint served_{};
    std::set<Epoch> earlier_;
    std::set<std::pair<std::uint64_t, wire::TransferId>> begun_; // of each life
};

// A new leader serves when everybody who is alive, and not suspect, has told it its ledger, or had the time
// to.
class RecoveryChecker {
public:
    RecoveryChecker(SimWorld& world, Violations& v) : world_{world}, violations_{v} {}
    void on_node_event(HostId, NodeId self, const node::NodeEvent&);
    void on_send(HostId, const wire::Outgoing&);

private:
    struct Term {
        Epoch epoch;
        TimePoint since;
        std::set<NodeId> asked;
        bool served = false;
    };
    [[nodiscard]] static std::set<NodeId> asked_by(const node::NodeCore& leader);

    SimWorld& world_;
    Violations& violations_;
    std::map<std::uint64_t, Term> terms_; // of each life that leads
    std::set<std::pair<Epoch, NodeId>> told_;
};

} // namespace cp::sim
