// Session, the commands about the cluster itself: status, members, discover, doctor.
#include "client_app/command_outcome.hpp"
#include "client_app/doctor.hpp"
#include "client_app/session.hpp"
#include "net/clock.hpp"

#include <algorithm>

namespace cp::client {

// Until the leader is known and settled.
Session::Wait Session::wait_for_leader(const Work& work, Link& link) {
    printer_.begin(work, net::now());
    while (!link.view().settled) {
        const auto item = link.next(
            std::min({printer_.deadline(), give_up_at(), net::now() + std::chrono::milliseconds{200}}));
        const TimePoint now = net::now();
        if (item) {
            note_interrupt(*item);
            if (interrupted_) return Wait::interrupted;
            continue;
        }
        if (now >= give_up_at()) return Wait::timed_out;
        const auto view = link.view();
        if (now >= printer_.deadline())
            printer_.on_deadline(now, {view.members.empty() ? Waiting::For::cluster : Waiting::For::leader,
                                       view.members.size(),
                                       {}});
    }
    return Wait::settled;
}

ExitCode Session::report(std::string_view command, bool ask_again) {
    const Work work{std::string{command}};
    const auto link = open_link_();
    CommandResult failed = result_of(work);
    if (!link) return finish(fail(failed, link.error()));
    if (ask_again) {
        printer_.discovering();
        (*link)->discover();
    }
    const Wait waited = wait_for_leader(work, **link);
    if (waited == Wait::interrupted) return finish(fail(failed, {errc::cancelled, "interrupted"}));
    const auto view = (*link)->view();
    if (waited == Wait::timed_out && view.members.empty()) {
        printer_.nobody(fail(failed, timed_out(view, timeout_, false)));
        return exit_code(failed.code);
    }
    StatusReport report;
    report.leader = view.leader.node;
    if (view.leader.epoch != Epoch{}) report.epoch = to_text(view.leader.epoch);
    for (const auto& seen : view.members) {
        const auto& member = seen.member;
        MemberLine line{member.node, member.node == view.leader.node, member.state, to_text(seen.endpoint)};
        if (member.told) line.load = member.load / 100.0;
        line.last_seen_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, seen.last_seen_ms));
        line.path = (*link)->path_to(seen.endpoint);
        line.api = member.api;
        report.members.push_back(std::move(line));
    }
    printer_.report(command, report);
    return view.leader.node ? ExitCode::done : ExitCode::no_cluster;
}

ExitCode Session::on(const Doctor&) {
    const Work work{"doctor"};
    const auto link = open_link_();
    if (!link) {
        CommandResult result = result_of(work);
        return finish(fail(result, link.error()));
    }
    // Long enough for every node to answer; doctor reports what is, it does not wait for better times.
    const Duration timeout = std::exchange(timeout_, std::chrono::seconds{2});
    (void)wait_for_leader(work, **link);
    timeout_ = timeout;
    const auto lines = examine((*link)->network(), (*link)->view(), options_.config);
    printer_.doctor(lines);
    const bool failing =
        std::ranges::any_of(lines, [](const DoctorLine& l) { return l.level == DoctorLine::Level::fail; });
    return failing ? ExitCode::failed : ExitCode::done;
}

} // namespace cp::client
