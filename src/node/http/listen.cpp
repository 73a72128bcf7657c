#include "http/listen.hpp"

#include <string>

namespace cp::http {

using boost::asio::ip::tcp;

namespace {

boost::system::error_code open(tcp::acceptor& acceptor, const tcp::endpoint& at) {
    boost::system::error_code failed;
    acceptor.open(at.protocol(), failed);
    if (!failed)
        acceptor.set_option(tcp::acceptor::reuse_address{true}, failed); // after a restart, TIME_WAIT
    if (!failed) acceptor.bind(at, failed);
    if (!failed) acceptor.listen(tcp::acceptor::max_listen_connections, failed);
    if (!failed) acceptor.non_blocking(true, failed);
    return failed;
}

} // namespace

Outcome<tcp::acceptor> listen(boost::asio::io_context& io, const HttpListen& wanted) {
    const std::uint16_t last = wanted.asked ? wanted.at.port : last_default_port;
    boost::system::error_code failed;
    for (unsigned port = wanted.at.port; port <= last; ++port) {
        tcp::acceptor acceptor{io};
        failed = open(acceptor,
                      {boost::asio::ip::address_v4{wanted.at.address}, static_cast<std::uint16_t>(port)});
        if (!failed) return acceptor;
        if (failed != boost::asio::error::address_in_use) break;
    }
    return Failure{errc::no_network, "HTTP at " + to_text(wanted.at) + ": " + failed.message() +
                                         " (another port: --http PORT; without HTTP: --http off)"};
}

Endpoint local_endpoint(const tcp::acceptor& acceptor) {
    boost::system::error_code failed;
    const auto at = acceptor.local_endpoint(failed);
    return {at.address().to_v4().to_uint(), at.port()};
}

} // namespace cp::http
