// The properties that every run must have, each its own small class. A violation is recorded with the virtual
// time at which it was seen; a run with violations failed.
#pragma once

#include "sim_world.hpp"

#include <map>
#include <string>
#include <vector>

namespace cp::sim {

class Violations {
public:
    explicit Violations(SimWorld& world) : world_{world} {}
    void add(const std::string& what) {
        if (list_.size() < 20)
            list_.push_back(std::to_string(to_ms(world_.now().time_since_epoch())) + " ms: " + what);
    }
    [[nodiscard]] const std::vector<std::string>& list() const { return list_; }

private:
    SimWorld& world_;
    std::vector<std::string> list_;
};

// No two nodes lead in one epoch, and nobody follows a leader below the highest epoch it has adopted.
class EpochChecker {
public:
    explicit EpochChecker(Violations& v) : violations_{v} {}
    void on_node_event(NodeId self, std::uint64_t life, const node::NodeEvent&);

private:
    Violations& violations_;
    std::map<Epoch, NodeId> leaders_;
    std::map<std::pair<NodeId, std::uint64_t>, Epoch> adopted_;
};

// Every task is answered once, with the bytes that the worker gives for its input.
class AnswerChecker {
public:
    explicit AnswerChecker(Violations& v) : violations_{v} {}
    void submitted(const TaskId&, const Payload& expected);
    void on_client_event(const client::ClientEvent&);
    void finally(); // all must be answered
    [[nodiscard]] bool all_answered() const { return answered_.size() == expected_.size(); }
    [[nodiscard]] std::size_t resent() const { return resent_; }

private:
    Violations& violations_;
    std::map<TaskId, Digest> expected_;
    std::map<TaskId, int> answered_;
    std::size_t resent_ = 0; // tasks whose payload went out more than once
};

// No table or buffer exceeds its bound, at any step.
class BoundsChecker {
public:
    BoundsChecker(SimWorld& world, Violations& v) : world_{world}, violations_{v} {}
    void on_step();

private:
    SimWorld& world_;
    Violations& violations_;
};

// After healing: one leader that all live nodes follow, no task open, no memory held, nothing half assembled.
void check_quiet(SimWorld&, Violations&);

} // namespace cp::sim
