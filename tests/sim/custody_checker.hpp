// What the cluster promises about a task: accepted means that two live nodes hold it (or that its leader is
// alone); what one of them still holds is neither lost nor sent again; and what was acknowledged is over: no
// node that knows so works on it again.
#pragma once

#include "checkers.hpp"
#include "nemesis.hpp"

#include <map>
#include <set>
#include <utility>

namespace cp::sim {

class CustodyChecker {
public:
    CustodyChecker(SimWorld& world, const Nemesis& nemesis, Violations& v, AnswerChecker& answers)
        : world_{world}, nemesis_{nemesis}, violations_{v}, answers_{answers} {}
    void on_node_event(HostId, const node::NodeEvent&);
    void on_client_event(HostId, const client::ClientEvent&); // before the AnswerChecker
    void on_death(HostId);
    [[nodiscard]] std::size_t orphaned() const { return orphaned_; } // all holders died

private:
    struct Accepted {
        TimePoint at;
        unsigned sends = 0;
        bool orphaned = false;
    };
    void on_accepted(HostId, const node::TaskAccepted&);
    [[nodiscard]] bool holds(HostId, const TaskId&);
    [[nodiscard]] std::size_t holders(const TaskId&, HostId except);
    [[nodiscard]] bool is_alone(HostId);
    // Held somewhere all the time since, in a network that never kept anybody from saying so.
    [[nodiscard]] bool kept(const Accepted&) const;

    SimWorld& world_;
    const Nemesis& nemesis_;
    Violations& violations_;
    AnswerChecker& answers_;
    std::map<TaskId, Accepted> accepted_; // and not answered
    std::map<TaskId, std::map<HostId, TimePoint>> died_holding_;
    std::set<std::pair<std::uint64_t, TaskId>> acknowledged_; // in each life of a node
    std::size_t orphaned_ = 0;
};

} // namespace cp::sim
