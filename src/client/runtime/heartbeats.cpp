#include "client_app/heartbeats.hpp"

#include <algorithm>

namespace cp::client {
namespace {

constexpr std::chrono::seconds every{10};

ApiPlace without_waiting(ApiPlace place, const std::stop_token& end) {
    place.wait = [] { return false; }; // the next heartbeat tries again
    place.go_on = [end] { return !end.stop_requested(); };
    return place;
}

} // namespace

Heartbeats::Heartbeats(std::string user, ApiPlace place)
    : user_{std::move(user)}, api_{without_waiting(std::move(place), end_.get_token())}, thread_{[this] {
          run();
      }} {}

Heartbeats::~Heartbeats() {
    end_.request_stop();
    thread_.join();
}

void Heartbeats::registered(std::string addr) {
    {
        const std::lock_guard lock{mutex_};
        addr_ = std::move(addr);
    }
    wake_.notify_all();
}

void Heartbeats::run() {
    while (!end_.stop_requested()) {
        once();
        std::unique_lock lock{mutex_};
        const std::string known = addr_;
        wake_.wait_for(lock, end_.get_token(), every, [&] { return addr_ != known; });
    }
}

void Heartbeats::once() {
    std::string addr;
    {
        const std::lock_guard lock{mutex_};
        addr = addr_;
    }
    if (addr.empty()) {
        const auto users = api_.users();
        if (!users) return;
        const auto found = std::ranges::find(*users, user_, &RemoteUser::username);
        if (found == users->end()) return;
        addr = found->addr;
        const std::lock_guard lock{mutex_};
        if (addr_.empty()) addr_ = addr;
    }
    (void)api_.heartbeat(user_, addr); // the next one comes in any case
}

} // namespace cp::client
