// TCP links whose end says that a program has ended, faster than any silence could: when a process dies, its
// kernel ends its connections at once.
//
// Each node accepts links on a port of its own (LinkListener) and holds one to the leader (LeaderLink). A
// link counts after both ends have proven that they hold the cluster key, and in which session (wire/
// link_handshake.hpp). From then on nothing is sent over it, no heartbeat either: only its end means
// something.
//
// A proven link that ends is not believed: RST and FIN can be forged, and links are closed on purpose
// (another leader). Its peer's port is asked by connecting to it at once, and again if the peer hangs up on
// that:
//
//   refused                         LinkVerdict::crashed: nobody has that port open any more
//   no answer in 5 ms, other errors LinkVerdict::unanswered
//   connected                       no verdict; a follower keeps the new connection as its link
//
// A leader whose link stands may still be doubted, because its beat has not come: doubt(true) knocks at its
// machine (knocks.hpp) until doubt(false), and gives LinkVerdict::crashed or LinkVerdict::unreachable.
//
// A link that was never proven gives no verdict, whatever happens to it. The verdicts are an accelerator:
// without links (election.crash_link = false) silence alone decides.
//
// Single-threaded, on the executor of the acceptor; never blocks. Must outlive the loops that start() starts:
// close(), then run the io_context until it has nothing to do. An exception of a handler leaves
// io_context::run.
#pragma once

#include "net/leader_link.hpp"
#include "net/link_context.hpp"
#include "net/link_listener.hpp"

namespace cp::net {

class LivenessLinks {
public:
    // The acceptor is that of open_link_port() (link_socket.hpp).
    LivenessLinks(asio::ip::tcp::acceptor, const wire::Identity&, LinkHandlers, const LinkOptions& = {});
    LivenessLinks(const LivenessLinks&) = delete;
    LivenessLinks& operator=(const LivenessLinks&) = delete;

    void start(); // once
    void close(); // the loops end; no verdicts from now on

    // Whom to hold a link to; nobody: none. Cheap when nothing has changed. While the link cannot be made it
    // is tried again, 50 ms later at first, then less often, at least once a second.
    void aim(const std::optional<LinkAim>& target) { leader_.aim(target); }

    // Whether whom we are aimed at is overdue. Cheap when nothing has changed; nothing without a proven link.
    void doubt(bool doubted) { leader_.doubt(doubted); }

    [[nodiscard]] std::uint16_t port() const { return listener_.port(); } // where links are accepted
    [[nodiscard]] bool linked() const { return leader_.proven(); }        // to whom we are aimed at
    [[nodiscard]] std::size_t inbound() const { return listener_.proven(); }
    [[nodiscard]] const LinkCounters& counters() const { return context_.counters; }

private:
    LinkContext context_;
    LinkListener listener_;
    LeaderLink leader_;
};

} // namespace cp::net
