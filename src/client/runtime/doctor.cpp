#include "client_app/doctor.hpp"

namespace cp::client {
namespace {

using Level = DoctorLine::Level;

DoctorLine interface_line(const NetworkFacts& network, const Config& config) {
    std::string names;
    for (const auto& name : network.interfaces) names += (names.empty() ? "" : ", ") + name;
    DoctorLine line{Level::ok, "interface: " + names + ", group " + to_text(config.network.control()), {}};
    if (loopback_only(config.network)) line.text += " (this machine only; --lan for others)";
    return line;
}

DoctorLine multicast_line(const ClusterView& view) {
    if (view.own_echoes > 0) return {Level::ok, "multicast: our own datagrams come back", {}};
    return {Level::fail, "multicast: our own datagrams do not come back",
            "a firewall may drop UDP to the group, or the interface has no multicast route: "
            "try --interface NAME, or --peer HOST for unicast"};
}

DoctorLine members_line(const ClusterView& view) {
    if (view.members.empty()) return {Level::fail, "members: none heard", "start one: node 1"};
    const std::string count =
        std::to_string(view.members.size()) + (view.members.size() == 1 ? " node" : " nodes");
    if (!view.leader.node)
        return {Level::warn, "members: " + count + ", no leader", "wait for the election to end"};
    return {Level::ok,
            "members: " + count + ", leader " + to_text(view.leader.node) + ", epoch " +
                to_text(view.leader.epoch),
            {}};
}

DoctorLine key_line(const NetworkFacts& network, const ClusterView& view, const Config& config) {
    DoctorLine line{
        Level::ok, "key: cluster '" + config.node.cluster + "', fingerprint " + network.fingerprint, {}};
    if (view.other_key == 0) return line;
    line.level = view.members.empty() ? Level::fail : Level::warn;
    line.text += ", but " + std::to_string(view.other_key) + " datagrams came under another key";
    line.advice = "compare with the fingerprint in the nodes' logs, and copy the right cluster.key";
    return line;
}

DoctorLine buffer_line(const NetworkFacts& network) {
    const std::string size = std::to_string(network.receive_buffer / 1024) + " KiB";
    if (!network.buffers_capped) return {Level::ok, "receive buffer: " + size, {}};
    return {Level::warn, "receive buffer: " + size + ", less than wanted",
            "sudo sysctl -w net.core.rmem_max=4194304"};
}

} // namespace

std::vector<DoctorLine> examine(const NetworkFacts& network, const ClusterView& view, const Config& config) {
    return {interface_line(network, config), multicast_line(view), members_line(view),
            key_line(network, view, config), buffer_line(network)};
}

} // namespace cp::client
