// Api: the live view of a page, and what happened, as events.
#include "base/overloaded.hpp"
#include "files/wall_clock.hpp"
#include "http/answers.hpp"
#include "http/api.hpp"
#include "net/clock.hpp"
#include "web/bodies.hpp"
#include "wire/member_state.hpp"

#include <cmath>

namespace cp::http {
namespace {

constexpr std::size_t running_max = 4096;

// One digit behind the point, whatever the locale.
std::string tenths(double value) {
    const auto rounded = static_cast<long long>(std::llround(value * 10));
    return std::to_string(rounded / 10) + '.' + std::to_string(rounded % 10);
}

void append_member(std::string& out, const MemberView& member, const ClusterView& view, std::int64_t age_ms) {
    const bool self = member.node == view.self;
    out += R"({"id":)" + to_text(member.node) + R"(,"role":)" +
           (member.node == view.leader ? R"("leader")" : R"("follower")") + R"(,"state":")";
    out += wire::to_text(member.state);
    out += R"(","load":)" + tenths(member.load) + R"(,"tasks":)" + std::to_string(member.tasks) +
           R"(,"last_seen_ms":)" + std::to_string(self ? 0 : member.last_seen_ms + age_ms) +
           R"(,"uptime_ms":)" + std::to_string(member.uptime_ms + age_ms) + R"(,"address":)" +
           web::json_text(member.address) + R"(,"api":)" +
           (member.api.empty() ? "null" : web::json_text(member.api)) + R"(,"version":)" +
           web::json_text(member.version) + R"(,"self":)" + (self ? "true" : "false");
    if (member.cpu_percent) out += R"(,"cpu_percent":)" + tenths(*member.cpu_percent);
    if (member.memory_percent) out += R"(,"memory_percent":)" + tenths(*member.memory_percent);
    out += '}';
}

std::string transfer_json(const TransferView& transfer) {
    return R"({"task":)" + web::json_text(transfer.id) + R"(,"kind":")" +
           (transfer.upload ? "upload" : "result") + R"(","direction":")" +
           (transfer.sending ? "out" : "in") + R"(","bytes":)" + std::to_string(transfer.bytes) +
           R"(,"total":)" + std::to_string(transfer.total) + '}';
}

} // namespace

std::vector<web::Online> Api::online() const { return presence_.online(net::now()); }

std::string Api::state_json() const {
    const ClusterView& view = *view_;
    const TimePoint now = net::now();
    const std::int64_t age_ms = view.taken == TimePoint{} ? 0 : to_ms(now - view.taken);
    std::string out = R"({"time_ms":)" + std::to_string(unix_millis()) + R"(,"node":)" + to_text(view.self) +
                      R"(,"leader":)" + (view.leader ? to_text(view.leader) : "null") + R"(,"is_leader":)" +
                      (view.leads ? "true" : "false") + R"(,"epoch":)" +
                      (view.epoch.empty() ? "null" : web::json_text(view.epoch)) +
                      R"(,"online_clients_count":)" + std::to_string(presence_.count(now)) + R"(,"tasks":{)";
    for (const auto& [state, count] : view.tasks) {
        if (out.back() != '{') out += ',';
        out += web::json_text(state) + ':' + std::to_string(count);
    }
    out += R"(},"members":[)";
    for (const MemberView& member : view.members) {
        if (out.back() != '[') out += ',';
        append_member(out, member, view, age_ms);
    }
    out += R"(],"open_tasks":[)";
    for (const TaskView& task : view.open_tasks) {
        if (out.back() != '[') out += ',';
        out += task_json(task);
    }
    out += R"(],"transfers":[)";
    for (const TransferView& transfer : view.transfers) {
        if (out.back() != '[') out += ',';
        out += transfer_json(transfer);
    }
    return out + R"(],"image_side_max":)" + std::to_string(options_.http.max_image_side) + '}';
}

void Api::events(const std::vector<node::NodeEvent>& events) {
    for (const auto& event : events) note(event);
    changed_.cancel();
}

// One line of JSON for pages, and the numbers that come from events.
void Api::note(const node::NodeEvent& event) {
    const TimePoint now = net::now();
    std::string data = "{";
    const auto add = [&](std::string_view name, const std::string& value) {
        if (data.back() != '{') data += ',';
        data += web::json_text(name) + ':' + value;
    };
    const auto task = [&](const auto& e) {
        add("task", web::json_text(to_text(e.user, e.task)));
        add("user", web::json_text(e.user));
    };
    add("time_ms", std::to_string(unix_millis()));
    std::visit(Overloaded{
                   [&](const node::MemberJoined& e) { add("member", to_text(e.node)); },
                   [&](const node::MemberSuspected& e) { add("member", to_text(e.node)); },
                   [&](const node::MemberLost& e) {
                       add("member", to_text(e.node));
                       add("left", e.left ? "true" : "false");
                   },
                   [&](const node::ElectionStarted& e) {
                       add("lost", to_text(e.lost));
                       leader_lost_ = now;
                   },
                   [&](const node::LeaderChanged& e) {
                       add("leader", e.leader ? to_text(e.leader) : "null");
                       add("epoch", web::json_text(to_text(e.epoch)));
                       add("reason", web::json_text(e.reason));
                       if (!e.leader) return;
                       metrics_.election(e.reason);
                       if (leader_lost_ != never) {
                           add("failover_ms", std::to_string(to_ms(now - leader_lost_)));
                           metrics_.failover(now - std::exchange(leader_lost_, never));
                       }
                   },
                   [&](const node::Serving& e) { add("epoch", web::json_text(to_text(e.epoch))); },
                   [&](const node::HandedOver& e) { add("to", to_text(e.to)); },
                   [&](const node::Stalled& e) { add("millis", std::to_string(to_ms(e.away))); },
                   [&](const node::DuplicateId& e) { add("member", to_text(e.node)); },
                   [&](const node::RunTask& e) { task(e); },
                   [&](const node::TaskAssigned& e) {
                       task(e);
                       add("to", to_text(e.to));
                   },
                   [&](const node::TaskReassigned& e) {
                       task(e);
                       add("from", to_text(e.from));
                       add("to", to_text(e.to));
                       add("reason", web::json_text(e.reason));
                   },
                   [&](const node::TaskAccepted& e) {
                       task(e);
                       add("replicas", std::to_string(e.replicas));
                       if (running_.size() < running_max) running_[to_text(e.task)] = now;
                   },
                   [&](const node::TaskDone& e) {
                       task(e);
                       add("node", to_text(e.node));
                       if (const auto begun = running_.extract(to_text(e.task)))
                           metrics_.task(now - begun.mapped());
                   },
                   [&](const node::TaskAcknowledged& e) {
                       task(e);
                       running_.erase(to_text(e.task)); // done where another led meanwhile
                   },
                   [&](const node::TaskFailed& e) {
                       task(e);
                       add("reason", web::json_text(e.reason));
                       running_.erase(to_text(e.task));
                   },
               },
               event);
    ring_.push(std::string{node::name(event)}, data + '}');
}

} // namespace cp::http
