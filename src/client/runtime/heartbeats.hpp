// Keeps a registered user online while a prompt runs: a heartbeat every 10 s, from a thread of its own. What
// fails is tried again with the next one; the prompt is no place for news about it.
#pragma once

#include "api_client/users_api.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace cp::client {

class Heartbeats {
public:
    // `place` is used on the thread, except for its wait and go_on. Asks first whether `user` is registered,
    // and under which address; until it is, nothing is sent.
    Heartbeats(std::string user, ApiPlace place);
    ~Heartbeats(); // joins, and ends the exchange under way

    // The user has just registered (again).
    void registered(std::string addr);

private:
    void run();
    void once();

    std::string user_;
    std::stop_source end_; // asked for by the exchanges of api_
    UsersApi api_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::string addr_; // guarded by mutex_; empty: not known to be registered
    std::thread thread_;
};

} // namespace cp::client
