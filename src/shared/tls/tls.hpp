// Bytes over TCP, in the clear or over TLS 1.2 and later, for coroutines. OpenSSL is known to tls.cpp alone.
//
// Single-threaded: a stream belongs to the thread of its socket's executor. A Context is constant once made
// and may be shared. Cancelling or closing socket() ends what goes on, with an error.
#pragma once

#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace cp::tls {

namespace asio = boost::asio;

// Who we are, and whom we trust. Errors: bad_config (no such file, not PEM, a key of another certificate),
// permissions (a key that everybody on this machine can read); one line each, with the file.
class Context {
public:
    [[nodiscard]] static Outcome<Context> server(const std::filesystem::path& certificate,
                                                 const std::filesystem::path& key);
    // Of a client that trusts the certificates in `ca`, or their issuers; empty: those of the system. The
    // peer's certificate has to hold for its host.
    [[nodiscard]] static Outcome<Context> client(const std::filesystem::path& ca);
    // Of a node towards others: as client(), and whoever has the very certificate that we have.
    [[nodiscard]] static Outcome<Context> member(const std::filesystem::path& certificate);

    struct State;

private:
    friend class Stream;
    explicit Context(std::shared_ptr<State> state) : state_{std::move(state)} {}
    std::shared_ptr<State> state_;
};

using Transferred = std::pair<boost::system::error_code, std::size_t>;

class Stream {
public:
    explicit Stream(asio::ip::tcp::socket); // in the clear until accept() or connect()
    ~Stream();
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;

    [[nodiscard]] asio::ip::tcp::socket& socket() { return *socket_; }
    [[nodiscard]] bool encrypted() const { return session_ != nullptr; }

    // The handshake on a connected socket. What has been read from the socket is lost to it. At most once.
    [[nodiscard]] asio::awaitable<boost::system::error_code> accept(const Context&);
    [[nodiscard]] asio::awaitable<boost::system::error_code> connect(const Context&, std::string host);

    [[nodiscard]] asio::awaitable<Transferred> read_some(asio::mutable_buffer);
    [[nodiscard]] asio::awaitable<Transferred> write(std::array<asio::const_buffer, 2>); // all of it
    // Says that no more is coming; over TLS it waits until the peer says so, too: bound its time.
    [[nodiscard]] asio::awaitable<void> end();

private:
    struct Session;
    std::unique_ptr<asio::ip::tcp::socket> socket_; // where it is stays: the session refers to it
    std::unique_ptr<Session> session_;
};

// Why the peer's certificate was refused, or "": it was another error.
[[nodiscard]] std::string certificate_error(const boost::system::error_code&);

} // namespace cp::tls
