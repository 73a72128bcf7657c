// The UDP sockets of one program.
//
//   control  the control group on port N; nodes and clients listen
//   unicast  a port of its own: everything is sent from here, so replies come here
//   data     the next group address on port N+1; only nodes listen, so heartbeats never queue behind bulk
//
// It moves datagrams and knows nothing about their contents. A multicast datagram leaves by each chosen
// interface; other programs of this host hear it too, and so does the sender.
//
// Peers are for networks that block multicast: what goes to a group is sent to each peer as well, by unicast
// to its control port (data to the port behind it). Nodes with peers therefore bind their group sockets to
// every address. The limit: of several such nodes on one host only the one that started last gets those
// unicast datagrams (the kernel delivers to one socket), the others hear multicast alone. Clients never bind
// this way, or they would take the datagrams of a node beside them: they hear unicast answers on their own
// port only.
//
// Not thread-safe; never blocks. Socket errors are counted, not reported: a network may lose datagrams.
#pragma once

#include "net/batch_io.hpp"
#include "net/datagram_queue.hpp"
#include "net/interfaces.hpp"
#include "wire/outbox.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <optional>
#include <vector>

namespace cp::net {

namespace asio = boost::asio;

class UdpSocket;

// In the order of importance: that is the order in which they are drained.
enum class Channel : std::uint8_t { control, unicast, data };
inline constexpr std::array channels{Channel::control, Channel::unicast, Channel::data};

struct TransportOptions {
    Endpoint group{0xefff4350, 7700}; // the control group; the data group is one address and one port further
    bool hears_data = true;           // nodes do, clients do not
    InterfaceChoice interfaces;
    std::optional<std::uint8_t> ttl; // of multicast; unset: 0 on loopback alone, else 1
    std::vector<Endpoint> peers;     // their control ports
    IoModes io;
};

class GroupTransport {
public:
    // Errors: bad_config or no_network, with one line for the user.
    [[nodiscard]] static Outcome<GroupTransport> open(const asio::any_io_executor&, const TransportOptions&);

    // The next datagrams of a channel, one system call's worth, valid until the next call for any channel.
    [[nodiscard]] BatchReceiver::Batch receive(Channel);
    // All leave from the unicast socket.
    [[nodiscard]] BatchSender::Progress send(std::span<const Sending>);
    // Where the datagrams of a group lane go. REQUIRES: lane is not unicast.
    [[nodiscard]] std::span<const Target> targets(wire::Lane) const;

    // To wait on (async_wait). Nothing on a channel that this program does not hear.
    [[nodiscard]] asio::ip::udp::socket* socket(Channel);
    [[nodiscard]] asio::any_io_executor executor() { return socket(Channel::unicast)->get_executor(); }
    void close(); // waits end with operation_aborted; receive and send do nothing from now on

    // Bytes that a bulk datagram may have here, seal and all: it is never cut into IP fragments.
    [[nodiscard]] std::size_t datagram_size() const { return datagram_size_; }
    // The receive buffer of a channel in the kernel's accounting (udp_socket.hpp); 0 where we do not listen.
    [[nodiscard]] std::size_t receive_capacity(Channel c) const { return at(c).capacity; }
    // The ways that datagrams take: what was asked for, as far as the kernel knows it.
    [[nodiscard]] IoModes io() const { return {sender_.mode(), receives_}; }
    // True when net.core.rmem_max is what keeps a buffer small.
    [[nodiscard]] bool buffers_capped() const { return capped_; }
    // Our unicast socket, with the address of the first interface.
    [[nodiscard]] Endpoint local() const { return local_; }
    [[nodiscard]] const std::vector<Interface>& interfaces() const { return interfaces_; }
    [[nodiscard]] const ReceiveCounters& received(Channel c) const { return at(c).counters; }
    [[nodiscard]] const SendCounters& sent() const { return sent_; }

private:
    struct Listener {
        std::optional<asio::ip::udp::socket> socket;
        std::size_t capacity = 0;
        bool coalesced = false; // UDP_GRO
        ReceiveCounters counters;
    };

    GroupTransport(const TransportOptions&, std::vector<Interface> chosen);
    [[nodiscard]] Outcome<void> open_sockets(const asio::any_io_executor&, const TransportOptions&);
    void adopt(const asio::any_io_executor&, Channel, UdpSocket, std::size_t buffer);
    [[nodiscard]] const Listener& at(Channel c) const { return listeners_[static_cast<std::size_t>(c)]; }
    [[nodiscard]] Listener& at(Channel c) { return listeners_[static_cast<std::size_t>(c)]; }

    std::vector<Interface> interfaces_;
    std::size_t datagram_size_ = 0;
    std::vector<Target> control_targets_;
    std::vector<Target> data_targets_;
    std::array<Listener, channels.size()> listeners_;
    bool capped_ = false;
    Endpoint local_;
    IoMode receives_;
    BatchReceiver receiver_;                 // of datagrams one by one
    std::optional<BatchReceiver> coalescer_; // of those that may come as one
    BatchSender sender_;
    SendCounters sent_;
};

} // namespace cp::net
