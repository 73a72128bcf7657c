// The connecting half of LivenessLinks: our link to one peer, the leader, made again for as long as we are
// aimed at it.
#pragma once

#include "net/knocks.hpp"
#include "net/link_context.hpp"
#include "net/link_socket.hpp"

#include <memory>
#include <optional>

namespace cp::net {

struct LinkAim {
    SessionId session;
    Endpoint at;
};

class LeaderLink {
public:
    // The context must outlive all that start() started.
    LeaderLink(const asio::any_io_executor&, LinkContext&);

    void start();
    void close();
    void aim(const std::optional<LinkAim>&);
    void doubt(bool);

    [[nodiscard]] bool proven() const { return proven_; }

private:
    // How an attempt to hold the link ended.
    enum class Ended { refused, unanswered, unproven, other_life, after_proof };
    // What has been learnt of the life that we are aimed at.
    struct Pursuit;

    asio::awaitable<void> run();
    asio::awaitable<void> pursue(SessionId);
    asio::awaitable<Ended> hold(SessionId, Endpoint, Duration connect_within, Duration prove_within);
    asio::awaitable<Ended> prove(SessionId, Duration within);
    void judge(Pursuit&, const SessionId&, const Endpoint& at, Ended);
    void on_knocked(Knocked);

    LinkContext& context_;
    std::shared_ptr<LinkSocket> socket_;
    asio::steady_timer wake_;
    Knocks knocks_;
    std::optional<LinkAim> target_;
    std::uint64_t aim_ = 0; // counts the sessions that we were aimed at
    bool proven_ = false;
    Endpoint linked_at_;    // while proven
    Duration round_trip_{}; // of the handshake
    bool doubted_ = false;
    bool open_ = true;
};

} // namespace cp::net
