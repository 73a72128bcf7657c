// The properties that every run must have, each its own small class. A violation is recorded with the virtual
// time at which it was seen; a run with violations failed. Checkers of who leads: leadership_checkers.hpp; of
// what was promised about a task: custody_checker.hpp.
#pragma once

#include "sim_world.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace cp::sim {

class Violations {
public:
    explicit Violations(const SimWorld& world) : world_{world} {}
    void add(const std::string& what) {
        if (list_.size() < most)
            list_.push_back(std::to_string(to_ms(world_.now().time_since_epoch() - std::chrono::hours{1})) +
                            " ms: " + what);
    }
    [[nodiscard]] const std::vector<std::string>& list() const { return list_; }

private:
    static constexpr std::size_t most = 20;
    const SimWorld& world_;
    std::vector<std::string> list_;
};

// Every task is answered once, with the bytes that the worker gives for its input.
class AnswerChecker {
public:
    explicit AnswerChecker(Violations& v) : violations_{v} {}
    void submitted(const TaskId&, const Payload& expected);
    void on_client_event(const client::ClientEvent&);
    void excuse(const TaskId&); // its client, or all who held it, are gone
    void finally();             // all must be answered
    [[nodiscard]] bool all_answered() const { return open_ == 0; }
    [[nodiscard]] std::size_t open() const { return open_; }
    [[nodiscard]] std::size_t resent() const { return resent_; }

private:
    struct Expected {
        Digest digest{};
        int answers = 0;
        bool excused = false;
    };
    Violations& violations_;
    std::map<TaskId, Expected> tasks_;
    std::size_t open_ = 0;
    std::size_t resent_ = 0; // tasks whose payload went out more than once
};

// No table or buffer exceeds its bound, at any step.
class BoundsChecker {
public:
    BoundsChecker(SimWorld& world, Violations& v) : world_{world}, violations_{v} {}
    void on_step(HostId);

private:
    SimWorld& world_;
    Violations& violations_;
};

// After healing: one leader that all live nodes follow, no task open, no memory held, nothing half assembled.
void check_quiet(SimWorld&, Violations&);

} // namespace cp::sim
