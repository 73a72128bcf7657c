#include "net/liveness_link.hpp"

#include <utility>

namespace cp::net {

LivenessLinks::LivenessLinks(asio::ip::tcp::acceptor acceptor, const wire::Identity& self,
                             LinkHandlers handlers, const LinkOptions& options)
    : context_{wire::LinkChallenges{self}, std::move(handlers), options},
      listener_{std::move(acceptor), context_}, leader_{listener_.executor(), context_} {}

void LivenessLinks::start() {
    listener_.start();
    leader_.start();
}

void LivenessLinks::close() {
    listener_.close();
    leader_.close();
}

} // namespace cp::net
