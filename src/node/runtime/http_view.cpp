// HttpLink: what the HTTP thread gets to know of the core.
#include "net/clock.hpp"
#include "node_app/http_link.hpp"
#include "wire/task_stage.hpp"

#include <algorithm>
#include <array>

namespace cp::node {
namespace {

constexpr std::string_view https = "https://";

std::string_view command_name(wire::TaskCommand command) {
    switch (command) {
    case wire::TaskCommand::encrypt:
    case wire::TaskCommand::keep_encrypted: return "encrypt";
    case wire::TaskCommand::store: return "store";
    case wire::TaskCommand::hide:
    case wire::TaskCommand::keep_hidden: return "hide";
    }
    return "unknown";
}

// A page shows so many; every one of them is written to every page four times a second.
constexpr std::size_t shown_max = 24;

std::vector<http::TaskView> task_views(const tasks::TaskLedger& ledger) {
    std::vector<http::TaskView> out;
    for (const auto& [id, task] : ledger.open()) {
        if (out.size() == shown_max) break;
        out.push_back({to_text(task.user, id), task.user, command_name(task.command), to_text(task.stage),
                       task.worker, task.holders.size()});
    }
    return out;
}

void append(std::vector<http::TransferView>& out, const std::vector<transfer::Progress>& all, bool sending) {
    for (const auto& [object, bytes, total] : all) {
        if (out.size() == shown_max) break;
        out.push_back({to_text(object.task), object.kind == ObjectKind::upload, sending, bytes, total});
    }
}

constexpr std::array counted_stages{wire::TaskStage::held, wire::TaskStage::running, wire::TaskStage::done,
                                    wire::TaskStage::failed};

} // namespace

http::ClusterView HttpLink::view() const {
    const TimePoint now = net::now();
    http::ClusterView out;
    out.taken = now;
    out.self = core_.id();
    out.leads = core_.may_answer(now);
    if (const auto leader = core_.leader()) {
        out.leader = leader->node;
        out.epoch = to_text(leader->epoch);
        out.epoch_counter = leader->epoch.counter;
    }
    out.members.push_back({core_.id(), wire::MemberState::alive, core_.load() / 100.0,
                           static_cast<unsigned>(core_.ledger().open().size()), sample_.cpu_percent,
                           100 - sample_.memory_available_percent, 0, to_ms(now - started_),
                           to_text(driver_.transport().local()), address_, version_});
    for (const auto& member : core_.members().members()) {
        const auto endpoint = core_.endpoint(member.session);
        const auto& parts = member.load_parts;
        out.members.push_back({member.node, member.state, member.load / 100.0, member.tasks,
                               parts ? std::optional<double>{parts->cpu_percent} : std::nullopt,
                               parts ? std::optional<double>{parts->memory_percent} : std::nullopt,
                               std::max<std::int64_t>(0, to_ms(now - member.heard)),
                               std::max<std::int64_t>(0, to_ms(now - member.started)),
                               endpoint ? to_text(*endpoint) : std::string{}, member.api, member.version});
        auto& shown = out.members.back();
        const bool encrypted = shown.api.starts_with(https);
        if (encrypted) shown.api.erase(0, https.size());
        if (member.node != out.leader) continue;
        out.leader_api = shown.api;
        out.leader_https = encrypted;
    }
    std::ranges::sort(out.members, {}, &http::MemberView::node);
    for (const auto& member : out.members)
        if (!member.api.empty()) out.apis.push_back(member.api);
    for (const auto stage : counted_stages) out.tasks[std::string{to_text(stage)}] = 0;
    for (const auto& [id, task] : core_.ledger().open()) ++out.tasks[std::string{to_text(task.stage)}];
    out.open_tasks = task_views(core_.ledger());
    append(out.transfers, core_.transfers().arriving(), false);
    append(out.transfers, core_.transfers().leaving(), true);
    for (const auto& [reason, count] : core_.refused()) out.refused[std::string{cp::name(reason)}] = count;
    for (const auto channel : net::channels)
        out.dropped += driver_.transport().received(channel).kernel_drops;
    out.buffers_capped = driver_.transport().buffers_capped();
    return out;
}

} // namespace cp::node
