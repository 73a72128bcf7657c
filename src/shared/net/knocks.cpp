#include "net/knocks.hpp"

#include "net/clock.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cp::net {
namespace {

constexpr int rest_after_answer = 5; // times `every`
constexpr int held_up_after = 4;     // times `every`: answers may have come and gone unread

// What an attempt came to; nothing while it is under way.
int outcome(int descriptor) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

} // namespace

Knocks::Knocks(const asio::any_io_executor& executor, std::function<void(Knocked)> found)
    : timer_{executor}, found_{std::move(found)} {}

void Knocks::start(const Endpoint& at, Duration every) {
    at_ = at;
    every_ = every;
    round();
}

void Knocks::stop() {
    ++armed_;
    timer_.cancel();
    hang_up();
}

void Knocks::round() {
    hang_up();
    resting_ = false;
    due_ = now();
    on_time();
}

void Knocks::wait(Duration duration) {
    due_ = now() + duration;
    timer_.expires_after(duration);
    timer_.async_wait([this, armed = ++armed_](const boost::system::error_code& error) {
        if (!error && armed == armed_) on_time();
    });
}

void Knocks::on_time() {
    if (resting_ || now() - due_ > held_up_after * every_) return round();
    Heard heard = listen();
    const bool complete = open_.size() == std::size_t{knocks_a_round};
    if (heard == Heard::nothing && !complete) heard = knock();
    switch (heard) {
    case Heard::let_in:
    case Heard::trouble:
        hang_up();
        resting_ = true;
        return wait(rest_after_answer * every_);
    case Heard::refused: stop(); return found_(Knocked::refused);
    case Heard::nothing:
        if (!complete) return wait(every_);
        stop();
        return found_(Knocked::silent);
    }
}

Knocks::Heard Knocks::knock() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return Heard::trouble;
    open_.push_back(descriptor);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(at_.port);
    to.sin_addr.s_addr = htonl(at_.address);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return Heard::let_in;
    if (errno == EINPROGRESS) return Heard::nothing;
    return errno == ECONNREFUSED ? Heard::refused : Heard::trouble;
}

Knocks::Heard Knocks::listen() const {
    std::array<pollfd, knocks_a_round> waiting{};
    for (std::size_t i = 0; i < open_.size(); ++i) waiting[i] = {open_[i], POLLOUT, 0};
    if (::poll(waiting.data(), open_.size(), 0) <= 0) return Heard::nothing;
    for (const pollfd& one : waiting) {
        if (one.revents == 0) continue;
        const int error = outcome(one.fd);
        if (error == 0 || error == ECONNRESET) return Heard::let_in;
        return error == ECONNREFUSED ? Heard::refused : Heard::trouble;
    }
    return Heard::nothing;
}

void Knocks::hang_up() {
    for (const int descriptor : std::exchange(open_, {})) ::close(descriptor);
}

} // namespace cp::net
