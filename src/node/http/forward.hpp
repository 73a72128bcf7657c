// Passes requests on to the leader (http.follower = "proxy") over connections that are kept. Runs on the HTTP
// thread.
#pragma once

#include "http/api.hpp"
#include "tls/tls.hpp"

#include <boost/asio/awaitable.hpp>

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cp::http {

// Says that a request was passed on once: whoever gets it answers it or refuses it.
inline constexpr std::string_view forwarded_header = "X-Cloudp2p-Forwarded";

class Forwarder {
public:
    // References must outlive it. `trusted`: where the nodes speak HTTPS.
    Forwarder(asio::io_context& io, Api& api, std::optional<tls::Context> trusted)
        : io_{io}, api_{api}, trusted_{std::move(trusted)} {}

    // To the API at `to`, "[https://]ADDRESS:PORT". When it is gone: to the next leader, if there is one
    // within a second and the request cannot have been answered already. 502 otherwise. REQUIRES: `request`
    // lives until the answer is there.
    [[nodiscard]] asio::awaitable<Response> forward(const Request& request, std::string to);
    // Ends attempts whose time is over: a leader that hangs, or whose machine is gone, closes nothing.
    void sweep(TimePoint now);

private:
    // One attempt's way to the leader. The coroutine holds it; sweep() may close it.
    struct Trip {
        tls::Stream stream;
        std::string to;
        TimePoint until;
    };
    struct Attempt {
        Response response{};
        bool answered = false;
        bool sent = false; // the leader may have acted on it
        std::string why;   // not even connected
    };
    asio::awaitable<Attempt> try_once(const Request&, const std::string& to, bool fresh);
    asio::awaitable<void> exchange(const Request&, Trip&, Attempt&);
    std::shared_ptr<Trip> begin(const std::string& to, bool fresh);
    asio::awaitable<std::string> connect(tls::Stream&, std::string_view to);

    asio::io_context& io_;
    Api& api_;
    std::optional<tls::Context> trusted_;
    std::string kept_to_;
    std::vector<tls::Stream> kept_;           // idle ones, to kept_to_
    std::list<std::weak_ptr<Trip>> underway_; // those that have ended leave with the next sweep
};

} // namespace cp::http
