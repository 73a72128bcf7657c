#include "tls/tls.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>

namespace cp::tls {
namespace {

namespace ssl = asio::ssl;
using boost::system::error_code;

constexpr auto no_error = asio::as_tuple(asio::use_awaitable);

using Certificate = std::unique_ptr<X509, decltype(&::X509_free)>;

// The first of the file; none when there is none.
Certificate load_certificate(const std::filesystem::path& file) {
    const std::unique_ptr<BIO, decltype(&::BIO_free)> bio{::BIO_new_file(file.c_str(), "r"), &::BIO_free};
    return {bio ? ::PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr, &::X509_free};
}

Failure bad(const std::filesystem::path& file, const error_code& error) {
    ::ERR_clear_error();
    return {errc::bad_config, "TLS: '" + file.string() + "': " + error.message()};
}

} // namespace

struct Context::State {
    ssl::context context{ssl::context::tls};
    Certificate own{nullptr, &::X509_free}; // of a member
    State() {
        context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                            ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
        // A server's certificate may be in the list of those that are trusted, whoever signed it.
        ::X509_VERIFY_PARAM_set_flags(::SSL_CTX_get0_param(context.native_handle()),
                                      X509_V_FLAG_PARTIAL_CHAIN);
    }
};

Outcome<Context> Context::server(const std::filesystem::path& certificate, const std::filesystem::path& key) {
    std::error_code unknown;
    const auto rights = std::filesystem::status(key, unknown).permissions();
    if (!unknown && (rights & std::filesystem::perms::others_read) != std::filesystem::perms::none)
        return Failure{errc::permissions,
                       "TLS: everybody here can read '" + key.string() + "': chmod o-r " + key.string()};
    const auto state = std::make_shared<State>();
    error_code failed;
    state->context.use_certificate_chain_file(certificate.string(), failed);
    if (failed) return bad(certificate, failed);
    state->context.use_private_key_file(key.string(), ssl::context::pem, failed);
    if (failed) return bad(key, failed);
    return Context{state};
}

Outcome<Context> Context::client(const std::filesystem::path& ca) {
    const auto state = std::make_shared<State>();
    error_code failed;
    state->context.set_verify_mode(ssl::verify_peer, failed);
    if (!failed && ca.empty()) state->context.set_default_verify_paths(failed);
    if (!failed && !ca.empty()) state->context.load_verify_file(ca.string(), failed);
    if (failed) return bad(ca, failed);
    return Context{state};
}

Outcome<Context> Context::member(const std::filesystem::path& certificate) {
    auto context = client(certificate);
    if (!context) return context;
    context->state_->own = load_certificate(certificate);
    error_code failed;
    context->state_->context.set_default_verify_paths(failed);
    if (failed) return bad(certificate, failed);
    return context;
}

struct Stream::Session {
    Session(asio::ip::tcp::socket& socket, std::shared_ptr<Context::State> with)
        : state{std::move(with)}, stream{socket, state->context} {}
    std::shared_ptr<Context::State> state;
    ssl::stream<asio::ip::tcp::socket&> stream;
};

Stream::Stream(asio::ip::tcp::socket socket)
    : socket_{std::make_unique<asio::ip::tcp::socket>(std::move(socket))} {}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept {
    session_ = std::move(other.session_); // before the socket that the old one refers to
    socket_ = std::move(other.socket_);
    return *this;
}

asio::awaitable<error_code> Stream::accept(const Context& context) {
    session_ = std::make_unique<Session>(*socket_, context.state_);
    const auto [failed] = co_await session_->stream.async_handshake(ssl::stream_base::server, no_error);
    co_return failed;
}

asio::awaitable<error_code> Stream::connect(const Context& context, std::string host) {
    session_ = std::make_unique<Session>(*socket_, context.state_);
    error_code refused;
    const ssl::host_name_verification by_name{host};
    session_->stream.set_verify_callback(
        [by_name, own = context.state_->own.get()](bool trusted, ssl::verify_context& chain) {
            ::X509_STORE_CTX* const at = chain.native_handle();
            const bool leaf = ::X509_STORE_CTX_get_error_depth(at) == 0;
            if (leaf && own != nullptr && ::X509_cmp(::X509_STORE_CTX_get_current_cert(at), own) == 0)
                return true;
            return by_name(trusted, chain);
        },
        refused);
    if (refused) co_return refused;
    const auto [failed] = co_await session_->stream.async_handshake(ssl::stream_base::client, no_error);
    co_return failed;
}

asio::awaitable<Transferred> Stream::read_some(asio::mutable_buffer into) {
    if (!session_) {
        const auto [failed, size] = co_await socket_->async_read_some(into, no_error);
        co_return Transferred{failed, size};
    }
    const auto [failed, size] = co_await session_->stream.async_read_some(into, no_error);
    // Who ends without saying so ends all the same: lengths are in what is read.
    const bool ended = failed == ssl::error::stream_truncated;
    co_return Transferred{ended ? error_code{asio::error::eof} : failed, size};
}

asio::awaitable<Transferred> Stream::write(std::array<asio::const_buffer, 2> parts) {
    if (!session_) {
        const auto [failed, size] = co_await asio::async_write(*socket_, parts, no_error);
        co_return Transferred{failed, size};
    }
    const auto [failed, size] = co_await asio::async_write(session_->stream, parts, no_error);
    co_return Transferred{failed, size};
}

asio::awaitable<void> Stream::end() {
    error_code ignored;
    if (session_) co_await session_->stream.async_shutdown(no_error);
    socket_->shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

std::string certificate_error(const error_code& error) {
    const bool of_ssl = error.category() == asio::error::get_ssl_category();
    if (!of_ssl ||
        ERR_GET_REASON(static_cast<unsigned long>(error.value())) != SSL_R_CERTIFICATE_VERIFY_FAILED)
        return {};
    return "its certificate is not trusted here";
}

} // namespace cp::tls
