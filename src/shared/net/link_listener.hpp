// The accepting half of LivenessLinks: the links that others hold to us, one a session.
//
// Unproven connections are bounded in number and time; a newer proven link of a session replaces the older;
// of too many proven ones the oldest is closed. When a proven link ends, its peer's own port is asked.
#pragma once

#include "net/link_context.hpp"
#include "net/link_socket.hpp"

#include <memory>
#include <vector>

namespace cp::net {

class LinkListener {
public:
    // The context must outlive all that start() started.
    LinkListener(asio::ip::tcp::acceptor, LinkContext&);

    void start();
    void close();

    [[nodiscard]] asio::any_io_executor executor() { return acceptor_.get_executor(); }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t proven() const;

private:
    struct Inbound {
        std::shared_ptr<LinkSocket> socket;
        SessionId session; // none: not proven yet
    };

    asio::awaitable<void> accept_loop();
    Duration accept_some();
    void admit(int descriptor);
    asio::awaitable<void> serve(std::shared_ptr<LinkSocket>);
    asio::awaitable<SessionId> prove(LinkSocket&);
    void keep(const std::shared_ptr<LinkSocket>&, const SessionId&);
    asio::awaitable<void> look(LinkSocket&, SessionId);

    LinkContext& context_;
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    std::uint16_t port_ = 0;
    std::vector<Inbound> inbound_; // the longest proven before the others that are proven
    bool open_ = true;
};

} // namespace cp::net
