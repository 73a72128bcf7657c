#include "client_app/command_outcome.hpp"

namespace cp::client {
namespace {

std::string seconds_text(Duration d) {
    const std::int64_t ms = to_ms(d);
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

} // namespace

CommandResult result_of(const Work& work) {
    CommandResult result;
    result.command = work.command;
    result.path = work.path;
    return result;
}

CommandResult& fail(CommandResult& result, const Failure& failure) {
    result.code = failure.code;
    result.error = failure.line;
    return result;
}

Failure timed_out(const ClusterView& view, Duration timeout, bool sent) {
    const std::string time = seconds_text(timeout), within = " within " + time;
    if (view.members.empty() && view.other_key > 0)
        return {errc::other_key,
                "a cluster is here, but with another key: compare the fingerprints that 'doctor' and "
                "the nodes' logs show, and copy the right cluster.key"};
    if (view.members.empty())
        return {errc::no_cluster, "no node answered" + within + ": is one running here? ('doctor' helps)"};
    if (!view.leader.node) return {errc::no_leader, "no leader answered" + within};
    if (sent)
        return {errc::busy,
                "the cluster did not finish" + within + ": try again, or with a longer --timeout"};
    return {errc::busy, "the cluster was busy for all of " + time + ": try again later"};
}

} // namespace cp::client
