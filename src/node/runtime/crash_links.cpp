#include "node_app/crash_links.hpp"

#include <utility>

namespace cp::node {
namespace {

using boost::asio::ip::tcp;

// In the rhythm of the heartbeat: a round of knocks lasts half a beat.
net::LinkOptions options_of(const NodeConfig& config) {
    net::LinkOptions options;
    options.knock_every = std::max<Duration>(options.knock_every,
                                             config.detector.heartbeat_interval / (2 * net::knocks_a_round));
    return options;
}

} // namespace

Outcome<tcp::acceptor> open_link_port(net::GroupTransport& transport) {
    const bool one_network = transport.interfaces().size() == 1;
    return net::open_link_port(transport.executor(), one_network ? transport.local().address : 0);
}

CrashLinks::CrashLinks(tcp::acceptor acceptor, const NodeConfig& config, NodeCore& core,
                       net::CoreDriver& driver, NodeLog& log)
    : core_{core}, driver_{driver}, log_{log}, links_{std::move(acceptor), config.identity, handlers(),
                                                      options_of(config)} {}

net::LinkHandlers CrashLinks::handlers() {
    return {[this](const SessionId& session, wire::LinkVerdict verdict) { tell(session, verdict); },
            [this](const SessionId& session) -> std::optional<Endpoint> {
                const auto target = core_.link_target(session);
                if (!target) return std::nullopt;
                return target->at;
            }};
}

void CrashLinks::follow_leader() {
    const auto leader = core_.leader_link();
    links_.aim(leader ? std::optional<net::LinkAim>{{leader->session, leader->at}} : std::nullopt);
    links_.doubt(core_.leader_overdue());
}

void CrashLinks::tell(const SessionId& session, wire::LinkVerdict verdict) {
    const auto target = core_.link_target(session);
    if (!target) return; // it said goodbye, or is lost already
    driver_.call(
        [&](TimePoint now, wire::Outbox& out) { core_.on_link(now, target->node, session, verdict, out); });
    log_.link_ended(target->node, verdict); // after the call: the claim does not wait for it
}

} // namespace cp::node
