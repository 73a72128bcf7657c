#include "net/group_transport.hpp"

#include "base/check.hpp"
#include "net/udp_socket.hpp"

#include <algorithm>
#include <utility>

namespace cp::net {
namespace {

// What a receiver may be kept waiting for: 4 MiB, doubled as the kernel accounts, are 3 ms of 10 Gbit/s, or
// 33 ms of 1 Gbit/s, which covers the round trip of a LAN and a reader whose time slice went to somebody
// else. In datagrams: 3640 of Ethernet, nearly a full credit window, or 504 of loopback.
constexpr std::size_t bulk_buffer = 8U << 20U;
// Control datagrams are few. A longer queue would only make a flood of garbage delay the next heartbeat.
constexpr std::size_t control_buffer = 1U << 20U;

// What may wait before our card: 2.5 ms of 1 Gbit/s, so that a sender who is scheduled late leaves no hole on
// the wire. A TCP flow of this machine keeps less of a slow cable the more this is.
constexpr std::size_t send_buffer = 512U << 10U;
constexpr std::size_t ip_and_udp_headers = 28;

bool is_multicast(std::uint32_t address) { return address >> 28U == 0xe; }

Endpoint data_of(const Endpoint& control) {
    return {control.address + 1, static_cast<std::uint16_t>(control.port + 1)};
}

// Only loopback is known to carry larger datagrams than Ethernet does; of a path to a peer nothing is known.
std::size_t datagram_size_for(const std::vector<Interface>& interfaces, bool has_peers) {
    const bool local = loopback_only(interfaces) && !has_peers;
    std::size_t size = local ? limits::datagram_loopback : limits::datagram_ethernet;
    for (const Interface& interface : interfaces) {
        size = std::min(size, interface.mtu - std::min(interface.mtu, ip_and_udp_headers));
    }
    return size;
}

std::vector<Target> targets_for(const Endpoint& group, const std::vector<Interface>& interfaces) {
    // With one interface the socket's own setting says it all, and datagrams need no control message.
    if (interfaces.size() == 1) return {{group, 0}};
    std::vector<Target> targets;
    targets.reserve(interfaces.size());
    for (const Interface& interface : interfaces) targets.push_back({group, interface.index});
    return targets;
}

Outcome<void> check(const TransportOptions& options) {
    const Endpoint& group = options.group;
    if (!is_multicast(group.address) || !is_multicast(group.address + 1) || !group || group.port == 65535)
        return Failure{errc::bad_config, "group " + to_text(group) +
                                             ": want 224.0.0.0 to 239.255.255.254, "
                                             "and a port from 1 to 65534"};
    return {};
}

} // namespace

GroupTransport::GroupTransport(const TransportOptions& options, std::vector<Interface> chosen)
    : interfaces_{std::move(chosen)}, datagram_size_{datagram_size_for(interfaces_, !options.peers.empty())},
      control_targets_{targets_for(options.group, interfaces_)}, data_targets_{targets_for(
                                                                     data_of(options.group), interfaces_)},
      receives_{options.io.receive}, receiver_{std::min(receives_, IoMode::batch)}, sender_{options.io.send} {
    for (const Endpoint& peer : options.peers) {
        control_targets_.push_back({peer, 0});
        data_targets_.push_back({{peer.address, data_of(peer).port}, 0});
    }
}

Outcome<GroupTransport> GroupTransport::open(const asio::any_io_executor& executor,
                                             const TransportOptions& options) {
    if (auto checked = check(options); !checked) return checked.error();
    auto chosen = choose_interfaces(list_interfaces(), options.interfaces);
    if (!chosen) return chosen.error();
    GroupTransport transport{options, std::move(*chosen)};
    if (transport.datagram_size_ < limits::segment_min + limits::data_overhead) {
        const auto narrow = std::ranges::min_element(transport.interfaces_, {}, &Interface::mtu);
        return Failure{errc::bad_config, "interface " + narrow->name + ": an MTU of " +
                                             std::to_string(narrow->mtu) + " is too small"};
    }
    if (auto opened = transport.open_sockets(executor, options); !opened) return opened.error();
    return transport;
}

Outcome<void> GroupTransport::open_sockets(const asio::any_io_executor& executor,
                                           const TransportOptions& options) {
    const bool has_peers = !options.peers.empty();
    const bool also_unicast = has_peers && options.hears_data;
    auto control = open_group_socket("control", options.group, interfaces_, also_unicast);
    if (!control) return control.error();
    adopt(executor, Channel::control, std::move(*control), control_buffer);

    // On loopback alone the network does not even see a port of ours.
    const bool local = loopback_only(interfaces_);
    const Interface& first = interfaces_.front();
    const std::uint32_t bound = local && !has_peers && interfaces_.size() == 1 ? first.addresses.front() : 0;
    const std::uint8_t ttl = options.ttl.value_or(local ? 0 : 1);
    auto unicast = open_unicast_socket(bound, first, ttl);
    if (!unicast) return unicast.error();
    local_ = {first.addresses.front(), local_port(*unicast)};
    if (options.io.send == IoMode::segmented && !can_segment(*unicast)) sender_ = BatchSender{IoMode::batch};
    adopt(executor, Channel::unicast, std::move(*unicast), bulk_buffer);

    if (!options.hears_data) return {};
    auto data = open_group_socket("data", data_of(options.group), interfaces_, also_unicast);
    if (!data) return data.error();
    adopt(executor, Channel::data, std::move(*data), bulk_buffer);
    return {};
}

void GroupTransport::adopt(const asio::any_io_executor& executor, Channel channel, UdpSocket socket,
                           std::size_t buffer) {
    Listener& listener = at(channel);
    listener.capacity = set_receive_buffer(socket, buffer);
    if (channel == Channel::unicast) set_send_buffer(socket, send_buffer);
    // Control datagrams are few and each is different.
    listener.coalesced = channel != Channel::control && receives_ == IoMode::segmented && coalesce(socket);
    if (listener.coalesced && !coalescer_) coalescer_.emplace(IoMode::segmented);
    if (channel != Channel::control && !listener.coalesced) receives_ = std::min(receives_, IoMode::batch);
    capped_ = capped_ || listener.capacity < buffer;
    listener.socket.emplace(executor, asio::ip::udp::v4(), socket.get());
    socket.release();
}

BatchReceiver::Batch GroupTransport::receive(Channel channel) {
    Listener& listener = at(channel);
    if (!listener.socket || !listener.socket->is_open()) return {};
    BatchReceiver& receiver = listener.coalesced ? *coalescer_ : receiver_;
    return receiver.receive(listener.socket->native_handle(), listener.counters);
}

BatchSender::Progress GroupTransport::send(std::span<const Sending> datagrams) {
    auto& from = at(Channel::unicast).socket;
    if (!from || !from->is_open()) return {datagrams.size(), 0, false};
    return sender_.send(from->native_handle(), datagrams, sent_);
}

std::span<const Target> GroupTransport::targets(wire::Lane lane) const {
    CP_CHECK(lane != wire::Lane::unicast);
    return lane == wire::Lane::control ? control_targets_ : data_targets_;
}

asio::ip::udp::socket* GroupTransport::socket(Channel channel) {
    auto& socket = at(channel).socket;
    return socket ? &*socket : nullptr;
}

void GroupTransport::close() {
    for (Listener& listener : listeners_) {
        boost::system::error_code ignored;
        if (listener.socket) listener.socket->close(ignored);
    }
}

} // namespace cp::net
